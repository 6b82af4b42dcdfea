export { type MailServer, mailServer } from "./adapters/smtp.ts";
export { type MailConfig, noticesVocabulary, readNoticesConfig } from "./config.ts";
export { languageOf } from "./domain/languages/catalogue.ts";
export { testMailOf } from "./domain/mail.ts";
export { isMailAddress } from "./mail-address.ts";
