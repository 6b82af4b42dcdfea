/** Version 2 knew of no connectors that were given to users. */
export const withoutConnector = (old: unknown): unknown =>
  typeof old === "object" && old !== null && "kind" in old && old.kind === "user"
    ? { ...old, assigned: false }
    : old;
