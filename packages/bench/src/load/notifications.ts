import { signClientState } from "@hybrid/contracts";
import { orgIdOf, userActor } from "@hybrid/kernel";
import { eventIdOf } from "../subject.ts";

/** What requests to send. */
export interface RequestMix {
  /** How many different ones; they are sent in turn. */
  readonly requests: number;
  readonly notificationsPerRequest: number;
  readonly users: number;
  /** Signs clientState; base64url. */
  readonly key: string;
  /** Where to: path, and `host:port`. */
  readonly path: string;
  readonly authority: string;
}

const uuidOf = (n: number): string => `7f105c7d-2dc5-4530-97cd-${n.toString(16).padStart(12, "0")}`;

/** A notification as Graph sends it for an event of a user's calendar (changeNotification resource type). */
const notification = (n: number, mix: RequestMix, key: Uint8Array): object => {
  const user = n % mix.users;
  const id = eventIdOf(n);
  const resource = `Users/${uuidOf(user)}/Events/${id}`;
  return {
    subscriptionId: uuidOf(user),
    subscriptionExpirationDateTime: "2026-01-12T08:30:00.0000000Z",
    changeType: "updated",
    resource,
    resourceData: {
      "@odata.type": "#Microsoft.Graph.Event",
      "@odata.id": resource,
      "@odata.etag": `W/"DwAAABYAAAB${n.toString(36).padStart(12, "0")}"`,
      id,
    },
    clientState: signClientState(userActor(orgIdOf("acme"), uuidOf(user)), key),
    tenantId: "6f9619ff-8b86-4011-b42d-00c04fc964ff",
  };
};

/** Whole HTTP/1.1 requests, ready to be written to a connection that is kept alive. */
export const requestsOf = (mix: RequestMix): readonly Buffer[] => {
  const key = new Uint8Array(Buffer.from(mix.key, "base64url"));
  return Array.from({ length: mix.requests }, (_, request) => {
    const first = request * mix.notificationsPerRequest;
    const value = Array.from({ length: mix.notificationsPerRequest }, (_, n) =>
      notification(first + n, mix, key),
    );
    const body = JSON.stringify({ value });
    const head =
      `POST ${mix.path} HTTP/1.1\r\nhost: ${mix.authority}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    return Buffer.from(head + body);
  });
};
