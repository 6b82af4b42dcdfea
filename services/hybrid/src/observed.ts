import { catalog } from "./service-list.ts";

/** Services that write nothing for people: without them there is nothing to observe. */
const watchers: ReadonlySet<string> = new Set(["directory", "user-state", "webhook-keeper"]);

/** The machines to which observe mode is said, and to which its end: those that write for people, and all. */
export const observed = (): { readonly on: readonly string[]; readonly off: readonly string[] } => {
  const all = [...catalog.actorServices.keys()];
  return { on: all.filter((service) => !watchers.has(service)), off: all };
};
