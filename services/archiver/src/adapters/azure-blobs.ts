import { BlobServiceClient, type ContainerClient, RestError } from "@azure/storage-blob";
import { ProviderError } from "@hybrid/kernel";
import type { BlobStore } from "./ports.ts";

const failed = (what: string, error: unknown): ProviderError => {
  if (error instanceof ProviderError) return error;
  const status = error instanceof RestError ? error.statusCode : undefined;
  const isRefusal = status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;
  return new ProviderError(
    `${what}: Azure Blob Storage ${status === undefined ? "did not answer" : `answered ${status}`}`,
    {
      code: status === 429 ? "throttled" : isRefusal ? "invalidRequest" : "unavailable",
      retryable: !isRefusal,
      ...(status === undefined ? {} : { status }),
    },
    { cause: error },
  );
};

/**
 * A store in a container of Azure Blob Storage, which is made when it is missing. `connection` is a
 * connection string; retries are the library's (three within ten seconds).
 */
export const azureBlobs = (connection: string, container: string): BlobStore => {
  const service = BlobServiceClient.fromConnectionString(connection, {
    retryOptions: { maxTries: 3, maxRetryDelayInMs: 2_000, tryTimeoutInMs: 10_000 },
  });
  let made: Promise<ContainerClient> | null = null;
  const opened = async (): Promise<ContainerClient> => {
    made ??= (async () => {
      const client = service.getContainerClient(container);
      await client.createIfNotExists();
      return client;
    })();
    try {
      return await made;
    } catch (error) {
      made = null;
      throw failed(`container ${container}`, error);
    }
  };
  return {
    put: async (key, bytes, signal) => {
      const blob = (await opened()).getBlockBlobClient(key);
      await blob.uploadData(bytes, { abortSignal: signal }).catch((error: unknown) => {
        throw failed(`${key} cannot be stored`, error);
      });
    },
    get: async (key, signal) => {
      try {
        return await (await opened())
          .getBlockBlobClient(key)
          .downloadToBuffer(0, undefined, { abortSignal: signal });
      } catch (error) {
        if (error instanceof RestError && error.statusCode === 404) return null;
        throw failed(`${key} cannot be read`, error);
      }
    },
    delete: async (key, signal) => {
      try {
        await (await opened()).getBlockBlobClient(key).deleteIfExists({ abortSignal: signal });
      } catch (error) {
        throw failed(`${key} cannot be deleted`, error);
      }
    },
  };
};
