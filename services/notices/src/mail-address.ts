/** A mail address with the name before it, which may be empty. */
export interface MailAddress {
  readonly name: string;
  readonly address: string;
}

/** One address of the usual form, alone or as `Name <address>`; no line breaks, no second address. */
export const mailAddressPattern =
  /^(?:(?<address>[^\s<>(),;:"\\@\p{Cc}]{1,64}@[^\s<>(),;:"\\@\p{Cc}]{1,253})|(?<name>[^<>"\p{Cc}]{0,200})<(?<inside>[^\s<>(),;:"\\@\p{Cc}]{1,64}@[^\s<>(),;:"\\@\p{Cc}]{1,253})>)$/u;

/** The parts of an address as settings have it. Throws TypeError for what is none. */
export const mailAddressOf = (text: string): MailAddress => {
  const groups = mailAddressPattern.exec(text)?.groups;
  if (!groups) throw new TypeError("not a mail address");
  const { address, name = "", inside = "" } = groups;
  return { name: name.trim(), address: address ?? inside };
};

/** Whether a mail can be addressed by it: one address, and nothing that another header could begin with. */
export const isMailAddress = (text: string): boolean =>
  mailAddressPattern.exec(text)?.groups?.["address"] !== undefined;
