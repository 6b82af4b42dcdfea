interface Paged<Item> {
  readonly data: { readonly pages: readonly { readonly rows: readonly Item[] }[] } | undefined;
  readonly error: unknown;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  refetch(): Promise<unknown>;
  fetchNextPage(): Promise<unknown>;
}

/** What is looked up a page at a time, as a table takes it. */
export const pagedTable = <Item>(paged: Paged<Item>) => ({
  rows: paged.data?.pages.flatMap(({ rows }) => rows),
  error: paged.error,
  again: (): void => void paged.refetch(),
  more: paged.hasNextPage
    ? { isLoading: paged.isFetchingNextPage, load: (): void => void paged.fetchNextPage() }
    : undefined,
});
