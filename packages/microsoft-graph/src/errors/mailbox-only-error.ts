import { ProviderError } from "@hybrid/kernel";

/** A ProviderError about one mailbox alone (503 MailboxInfoStale): it must not count against the service. */
export class MailboxOnlyError extends ProviderError {}
