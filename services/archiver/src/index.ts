export { type ExportedMail, type ExportOrder, exportMails } from "./adapters/export-mails.ts";
export { refusalFor } from "./adapters/read-command.ts";
export { type CopyFault, type Verified, type VerifyOrder, verify } from "./adapters/verify.ts";
export { readArchiverConfig } from "./config.ts";
export { csvOf, logColumns, logRows } from "./domain/log-table.ts";
