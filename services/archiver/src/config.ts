import { ConfigError } from "@hybrid/kernel";
import { commaList, secret, settingsOrThrow, text, type ValuesOf, type Variables } from "@hybrid/settings";

const keyBytes = 32;

/** Who holds the archive role. */
export const archiveAdministrators = {
  ARCHIVE_ADMINISTRATORS: commaList(
    text({
      meaning: "Mail addresses of those who hold the archive role: they alone may make archive connectors.",
      pattern: /^[^\s@,]+@[^\s@,]+$/,
      must: "a mail address",
    }),
  ).optional(),
};

/** The settings of the service. */
export const archiverSettings = {
  ...archiveAdministrators,
  ARCHIVE_SEALING_KEY: secret({
    meaning:
      "Key that seals content while it waits for its import, needed with ARCHIVE_ADMINISTRATORS. Make one " +
      "with `openssl rand -base64 32`.",
    form: `key of ${keyBytes} bytes in base64`,
    read: (given) => {
      const value = new Uint8Array(Buffer.from(given, "base64url"));
      return value.length === keyBytes ? { value } : { fault: `must be ${keyBytes} bytes in base64` };
    },
  }).optional(),
  ARCHIVE_FOLDER: text({
    meaning: "Folder in which sealed content waits, where ARCHIVE_AZURE_STORAGE is not set.",
  }).orElse(".hybrid/archive"),
  ARCHIVE_AZURE_STORAGE: secret({
    meaning:
      "Connection string of an Azure storage account in which sealed content waits, for several workers.",
    form: "connection string",
  }).optional(),
  ARCHIVE_AZURE_CONTAINER: text({
    meaning: "Container in it; made when it is missing.",
    pattern: /^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/,
    must: "3 to 63 of a-z 0-9 -",
  }).orElse("hybrid-archive"),
};

/** What the service is configured with. */
export interface ArchiverConfig {
  /** Addresses in lower case of those who hold the archive role. */
  readonly archivists: readonly string[];
  /** Null where nobody holds the role: then there is nothing to seal. */
  readonly sealingKey: Uint8Array | null;
  readonly store:
    | { readonly kind: "folder"; readonly path: string }
    | { readonly kind: "azure"; readonly connection: string; readonly container: string };
}

const storeOf = (values: ValuesOf<typeof archiverSettings>): ArchiverConfig["store"] =>
  values.ARCHIVE_AZURE_STORAGE === undefined
    ? { kind: "folder", path: values.ARCHIVE_FOLDER }
    : { kind: "azure", connection: values.ARCHIVE_AZURE_STORAGE, container: values.ARCHIVE_AZURE_CONTAINER };

/** Reads the settings. Throws ConfigError that names every fault at once. */
export const readArchiverConfig = (variables: Variables): ArchiverConfig => {
  const what = "archiver cannot start with this configuration";
  const values = settingsOrThrow(what, archiverSettings, variables);
  const archivists = (values.ARCHIVE_ADMINISTRATORS ?? []).map((address) => address.toLowerCase());
  const sealingKey = values.ARCHIVE_SEALING_KEY ?? null;
  if (archivists.length > 0 && sealingKey === null)
    throw new ConfigError(what, [
      "ARCHIVE_SEALING_KEY: is needed where ARCHIVE_ADMINISTRATORS names somebody",
    ]);
  return { archivists, sealingKey, store: storeOf(values) };
};
