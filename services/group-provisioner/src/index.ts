export { confirmable, prerequisiteNames } from "#domain/prerequisites";
export { type Language, languageOf } from "#texts/card";
export { authorisedText, groupPermissions, permissionNote, switchText } from "#texts/permissions";
export { prerequisiteTexts } from "#texts/prerequisites";
export { reasonTexts } from "#texts/reasons";
export { groupTexts } from "./whose-texts.ts";
