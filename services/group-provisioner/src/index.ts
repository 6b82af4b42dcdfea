export type { PrerequisiteName } from "#domain/prerequisites";
export { confirmable, judgePrerequisites, prerequisiteNames } from "#domain/prerequisites";
export { type Language, languageOf } from "#texts/card";
export {
  authorisedText,
  groupPermissions,
  type PermissionText,
  permissionNote,
  switchText,
} from "#texts/permissions";
export { type PrerequisiteText, prerequisiteTexts } from "#texts/prerequisites";
