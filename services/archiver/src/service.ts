import { ProviderError } from "@hybrid/kernel";
import { sealHandlers } from "@hybrid/sealing";
import { actors, defineService, type Ports } from "@hybrid/service";
import type { BlobStore } from "./adapters/ports.ts";
import { type ArchiverConfig, archiverSettings, readArchiverConfig } from "./config.ts";
import { archiverTopology } from "./topology.ts";
import { archiverTexts } from "./whose-texts.ts";

/** Where nobody holds the archive role there is no connector, and nothing to keep. */
const noBlobs = (): BlobStore => {
  const refuse = async (): Promise<never> => {
    throw new ProviderError("ARCHIVE_SEALING_KEY is not set: nothing can be kept for import", {
      code: "invalidRequest",
      retryable: false,
    });
  };
  return { put: refuse, get: refuse, delete: refuse };
};

/** The store of the settings, which sees ciphertext alone. */
export const openBlobs = async ({ sealingKey, store }: ArchiverConfig): Promise<BlobStore> => {
  if (sealingKey === null) return noBlobs();
  const { sealedBlobs } = await import("./adapters/sealed-blobs.ts");
  if (store.kind === "folder") {
    const { fileBlobs } = await import("./adapters/file-blobs.ts");
    return sealedBlobs(fileBlobs(store.path), sealingKey);
  }
  const { azureBlobs } = await import("./adapters/azure-blobs.ts");
  return sealedBlobs(azureBlobs(store.connection, store.container), sealingKey);
};

type Given = Ports<ArchiverConfig, "archiveGraph" | "webex">;

const handlers = async ({ config, scheduler, logger, clients }: Given) => {
  const { archiverHandlers } = await import("./adapters/handlers.ts");
  const { archiveGraph: graph, webex } = clients;
  const blobs = await openBlobs(config);
  return sealHandlers(archiverHandlers({ graph, webex, blobs, clock: scheduler, logger }), archiverTexts);
};

/** The service as one value. */
export const service = defineService({
  name: "archiver",
  purpose: "Puts every Webex message into the mailboxes of all who were there, and proves it.",
  settings: { vocabulary: archiverSettings, read: readArchiverConfig },
  parts: [
    actors({
      topology: archiverTopology(),
      configured: ({ archivists }: ArchiverConfig) => archiverTopology(archivists),
      clients: ["archiveGraph", "webex"],
      handlers,
    }),
  ],
});
