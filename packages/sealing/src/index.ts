export { KeyRing, type KeyRingOptions, type KeySession, withKeys } from "./key-ring.ts";
export {
  type BoxedSealed,
  bareValue,
  maySeal,
  openJson,
  openValue,
  sealJson,
  sealValue,
} from "./sealed-json.ts";
export {
  type KeyName,
  type Keys,
  KeysMissing,
  KeysUnavailableError,
  type KeyVault,
  namesPerAskMax,
  type SealingKey,
} from "./vault.ts";
