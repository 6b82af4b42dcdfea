export { openText, sealText } from "./box.ts";
export { KeyRing, type KeyRingOptions, type KeySession, withKeys } from "./key-ring.ts";
export {
  fromRecord,
  openTexts,
  organisationOf,
  ownUser,
  type SealedFields,
  userOrOrganisation,
} from "./sealed-fields.ts";
export {
  type BoxedSealed,
  bareValue,
  maySeal,
  openJson,
  openValue,
  sealJson,
  sealValue,
} from "./sealed-json.ts";
export { type SealedTogether, sealTogether } from "./sealed-together.ts";
export { sealHandlers, sealTopology } from "./sealed-topology.ts";
export {
  type KeyName,
  type Keys,
  KeysMissing,
  KeysUnavailableError,
  type KeyVault,
  namesPerAskMax,
  type SealingKey,
} from "./vault.ts";
export type { WhoseTexts } from "./whose-texts.ts";
