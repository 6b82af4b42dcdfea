export { TestVault } from "./test-vault.ts";
