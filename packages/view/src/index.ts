export { type ChangeBatch, serverSentEvents, type ViewChange } from "./change-feed.ts";
export {
  type AnyViewTable,
  type ColumnType,
  defineView,
  type RowOf,
  type ViewDefinition,
  type ViewOrigin,
  type ViewTable,
  viewTable,
} from "./definition.ts";
export { openView, type View, type ViewLogger, type ViewOptions } from "./open-view.ts";
export type { Cell } from "./view-file.ts";
