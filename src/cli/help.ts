/** What the help says. */

export const PROGRAM =
  'Replaces the access keys of IAM users before they get old. These commands tag users, open mailed keys, and look after rotations.';

export const PROGRAM_AFTER = `
For administrators:
  ikr tag users.json                  say who is managed
  ikr status                          see where everybody stands
  ikr rotate --user alice --force     replace a key now
  ikr resend alice                    a mail was lost
  ikr cancel alice                    an old key must stay

For whoever got a mail with a new key:
  ikr decrypt                         and paste the mail

status, history, resend, cancel and rotate are carried out by the deployed
rotator function. What you may do follows the alias that you may invoke: read
(status, history), support (also resend, cancel), admin (also rotate).

Exit codes:
  0  done    1  something failed or was found wrong    2  wrong command line
`;

export const TAG =
  'Tags IAM users from a JSON file. The whole file is checked before the first call, and all mistakes are told at once. Tags are added and changed, never removed.';

export const TAG_AFTER = `
The file:
  {
    "alice": { "IKR:EMAIL": "alice@example.com" },
    "deploy": {
      "IKR:EMAIL": "team@example.com",
      "IKR:ROTATE_AFTER_DAYS": "60",
      "IKR:DELETE_AFTER_DAYS": "14",
      "IKR:DEACTIVATE_AFTER_DAYS": "7",
      "IKR:INSTRUCTION_0": "The key is used by the build server."
    }
  }

Examples:
  ikr tag users.json --dry-run       show what would change
  ikr tag users.json                 tag
  jq … | ikr tag -                   from standard input

Exit code 1: there are mistakes in the file (nobody was tagged), or a user could
not be tagged (the others were).
`;

export const DECRYPT =
  'Opens the sealed key pair of a mail. Paste the whole mail or the part from BEGIN to END. Only the key pair goes to standard output.';

export const DECRYPT_AFTER = `
The content key comes from the SSM parameter that the mail names, with your AWS
profile; the old key is allowed to read it.

Examples:
  ikr decrypt                                   paste, then Enter and Ctrl+D
  ikr decrypt --file mail.eml                   from a saved mail
  ikr decrypt --profile work                    with the old key of that profile
  eval "$(ikr decrypt --file mail.eml)"         into this shell
  ikr decrypt --file mail.eml --format credentials --profile-name work
  ikr decrypt --file mail.eml --key @key.jwk    without AWS
`;

export const STATUS =
  'Shows the managed users, the age of their keys, what happens next and what is in the way. It changes nothing.';

export const STATUS_AFTER = `
Examples:
  ikr status                               everybody
  ikr status --user alice                  everything about one user
  ikr status --function my-rotator         of a function with another name
  ikr status --json | jq '.users[] | select(.warnings != [])'

Warnings alone do not make the exit code 1.
`;

export const ROTATE =
  'Has the rotator function continue open rotations and replace keys that are due.';

export const ROTATE_AFTER = `
Examples:
  ikr rotate --all --dry-run         who is due?
  ikr rotate --user alice            if due
  ikr rotate --user alice --force    in any case

The function does the work. Ctrl-C lets go, and the work goes on.

Exit code 1: a rotation failed or was put off, tags are wrong, or somebody who
was named with --force was not rotated.
`;

export const RESEND =
  'Sends the mail of an open rotation again, to the address in the tag as it is now. The key and the dates in it stay the same.';

export const RESEND_AFTER = `
Examples:
  ikr resend alice
  ikr resend AIDAEXAMPLEEXAMPLE234
`;

export const CANCEL =
  'Cancels the scheduled deletion of an old key: both keys stay, until a person deletes one of them. Then the user is rotated again.';

export const CANCEL_AFTER = `
A rotation that was cancelled before is no error.

Example:
  ikr cancel alice
`;

export const HISTORY =
  'Lists closed rotations: who, when, which keys, how it ended. A name finds deleted users too. There is no secret in it.';

export const HISTORY_AFTER = `
Examples:
  ikr history
  ikr history alice
  ikr history --csv > rotations.csv
`;

export const PREVIEW =
  'Writes every kind of mail that users get, with invented facts, as HTML and as text.';

export const PREVIEW_AFTER = `
Examples:
  ikr preview                    into ikr-preview
  ikr preview /tmp/mails
`;
