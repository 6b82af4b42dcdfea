import { type Peer, startPeer } from "../peer.ts";

/** What the process of the clients is told at its start. */
export interface ClientsTask {
  readonly port: number;
  /** Of the API. */
  readonly prefix: string;
  readonly users: number;
  /** With which access tokens are made, in hexadecimal digits. */
  readonly key: string;
}

/** Lists to ask for, evenly. */
export interface ListOrder {
  readonly from: number;
  readonly perSecond: number;
  readonly seconds: number;
}

/** What it tells. */
export type ClientsMessage =
  | { readonly kind: "listening" }
  /** Users whose clients were told of a change, and when, in milliseconds since 1970; and resets. */
  | {
      readonly kind: "heard";
      readonly changed: readonly (readonly [user: number, at: number])[];
      readonly resets: number;
    }
  /** From asking to the last byte, for each list. */
  | { readonly kind: "listed"; readonly afterMs: readonly number[] };

/** Starts a client for each user, in a process of their own; resolves when all are listening. */
export const startClients = async (task: ClientsTask): Promise<Peer<ClientsMessage>> => {
  const peer = startPeer<ClientsMessage>("meetings/clients-process.ts", task);
  await peer.next("listening");
  return peer;
};
