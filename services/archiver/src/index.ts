export { type ExportedMail, type ExportOrder, exportMails } from "./adapters/export-mails.ts";
export {
  type ConnectorPreview,
  type ConsentState,
  type MappedParticipant,
  type MappingPreview,
  type PreviewPorts,
  previewConnector,
} from "./adapters/preview-mapping.ts";
export { refusalFor } from "./adapters/read-command.ts";
export { type VerifyOrder, verify } from "./adapters/verify.ts";
export { readArchiverConfig } from "./config.ts";
export {
  type ComparedLog,
  type CopyFault,
  hasFaults,
  type ItemFault,
  type Verified,
} from "./domain/comparison.ts";
export { archiverTexts } from "./whose-texts.ts";
