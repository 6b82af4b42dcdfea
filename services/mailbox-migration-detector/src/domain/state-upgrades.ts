type Clusters = Readonly<Record<string, object>>;

/** Version 1 forgot clusters that were taken away at once. */
export const withPresentClusters = (old: unknown): unknown => {
  if (typeof old !== "object" || old === null || !("kind" in old) || old.kind !== "organisation") return old;
  const { clusters } = old as unknown as { readonly clusters: Clusters };
  const present = Object.entries(clusters).map(([name, cluster]) => [name, { ...cluster, isGone: false }]);
  return { ...old, clusters: Object.fromEntries(present) };
};
