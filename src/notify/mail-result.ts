/** Why a mail was not sent. */
export type MailFailureCode =
  /** An address of the row is none: the row must be corrected. */
  | 'bad_address'
  /** The server refused some of the addresses; the others got the mail. */
  | 'partly_rejected'
  /** The server refused the mail or all its addresses. */
  | 'rejected'
  /** No connection, or none that lasted. */
  | 'unreachable'
  /** The server did not answer in time: the mail may have arrived all the same. */
  | 'timed_out'
  /** No TLS, or a certificate that proves nothing. */
  | 'tls'
  /** User or password refused. */
  | 'sign_in'
  /** Not tried: the server failed too often before, or the run is ending. */
  | 'not_tried';

export interface MailFailed {
  readonly kind: 'failed';
  readonly code: MailFailureCode;
  /** One line without secrets and without the recipients' addresses, at most 300 characters. */
  readonly message: string;
}

export type MailResult =
  | {
      readonly kind: 'sent';
      /** The server's last words, made safe like a failure's. */
      readonly response: string;
    }
  | MailFailed;
