export { type ChangeBatch, serverSentEvents, type ViewChange } from "./change-feed.ts";
export {
  type AnyViewTable,
  type ColumnType,
  defineView,
  fingerprintOf,
  type RowOf,
  type ViewDefinition,
  type ViewOrigin,
  type ViewTable,
  viewTable,
} from "./definition.ts";
export { openView, type View, type ViewLogger, type ViewOptions } from "./open-view.ts";
export { type PageRows, rowsOf } from "./page-rows.ts";
export type { Cell, RowChange } from "./view-file.ts";
