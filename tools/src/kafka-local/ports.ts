import { createServer } from "node:net";

const bound = (port: number) =>
  new Promise<{ readonly port: number; readonly free: () => Promise<void> }>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      const taken = typeof address === "object" && address !== null ? address.port : 0;
      resolve({ port: taken, free: () => new Promise((done) => void server.close(() => done())) });
    });
  });

/**
 * Ports of 127.0.0.1 that were free a moment ago, all different. Nothing holds them afterwards: who uses
 * them must be ready to find one taken, and ask again.
 */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const held = await Promise.all(Array.from({ length: count }, () => bound(0)));
  await Promise.all(held.map(({ free }) => free()));
  return held.map(({ port }) => port);
};

/** Whether somebody could listen on this port of 127.0.0.1 now. */
export const isPortFree = async (port: number): Promise<boolean> => {
  try {
    await (await bound(port)).free();
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE" || code === "EACCES") return false;
    throw error;
  }
};
