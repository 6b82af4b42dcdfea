export type { KeyPort, WrappedKey } from "./key-port.ts";
export { localKeyPort, newKeyEncryptionKey, readKeyEncryptionKeys } from "./local-key-port.ts";
export { type TextSeal, textSeal } from "./sealed-text.ts";
export { type OrganisationKeysStatus, Vault, type VaultOptions, type VaultStatus } from "./vault.ts";
