/** Every text that people read, in one language. A catalogue that lacks one does not compile. */
export interface Words {
  /** The language's own name, for lists. */
  readonly name: string;
  /** Over the details, by what they lead to. */
  readonly heading: {
    readonly personalRoom: string;
    readonly space: string;
    readonly oneTime: string;
  };
  /** Before the link. */
  readonly link: string;
  /** Before the number of a one-time meeting or a space's. */
  readonly meetingNumber: string;
  readonly password: string;
  /** Before the address that a video system dials. */
  readonly video: string;
  /** Before an IP address for older video systems. */
  readonly address: string;
  /** Before a telephone number. */
  readonly phone: string;
  /** Before the code that a caller types. */
  readonly code: string;
  /** Title of a space whose meeting must not be told by its subject. */
  readonly privateMeeting: string;
  /** Title of a meeting or space without any subject. */
  readonly untitled: string;
  /** First line of the card in a space. */
  readonly card: string;
  /** To an organiser who invited more people than a space takes; {count} and {max} are numbers. */
  readonly tooManyForSpace: string;
  /** To an organiser who invited more people later than the space takes; {title} is that of the space. */
  readonly spaceIsFull: string;
}
