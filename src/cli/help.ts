/** What the help says. */

export const PROGRAM =
  'Replaces the access keys of IAM users before they get old. These commands tag users, open mailed keys, and look after rotations.';

export const PROGRAM_AFTER = `
For administrators:
  ikr tag users.json                              say who is managed
  ikr status --function ikr-rotator               see where everybody stands
  ikr rotate --user alice --force --function …    replace a key now
  ikr resend alice --function …                   a mail was lost
  ikr cancel alice --function …                   an old key must stay

For whoever got a mail with a new key:
  ikr decrypt                                     and paste the mail

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
  ikr status --function ikr-rotator        by the settings of the rotator
  ikr status --table ikr --user alice      everything about one user
  ikr status --table ikr --json | jq '.users[] | select(.troubles != [])'

Trouble alone does not make the exit code 1.
`;

export const ROTATE =
  'Runs the rotator from here: takes up open rotations, and replaces keys that are due. It uses your AWS profile and the settings of the deployed function, or of the environment.';

export const ROTATE_AFTER = `
Examples:
  ikr rotate --all --dry-run --function ikr-rotator        who is due?
  ikr rotate --user alice --function ikr-rotator           if due
  ikr rotate --user alice --force --function ikr-rotator   in any case

Ctrl-C finishes what is under way. Whatever is cut off, the next run takes up.

Exit code 1: a rotation failed or was put off, tags are wrong, or somebody who
was named with --force was not rotated.
`;

export const RESEND =
  'Sends the mail of an open rotation again, to the address in the tag as it is now. The key and the dates in it stay the same.';

export const RESEND_AFTER = `
Examples:
  ikr resend alice --function ikr-rotator
  ikr resend AIDAEXAMPLEEXAMPLE234 --function ikr-rotator
`;

export const CANCEL =
  "Takes an old key's timer back: both keys stay, until a person deletes one of them. Then the user is rotated again.";

export const CANCEL_AFTER = `
Needs no more than the table. A rotation that was cancelled before is no error.

Examples:
  ikr cancel alice --function ikr-rotator
  ikr cancel alice --table ikr
`;

export const HISTORY =
  'Lists closed rotations: who, when, which keys, how it ended. A name finds deleted users too. There is no secret in it.';

export const HISTORY_AFTER = `
Examples:
  ikr history --table ikr
  ikr history alice --table ikr
  ikr history --table ikr --csv > rotations.csv
`;

export const PREVIEW =
  'Writes every kind of mail that users get, with invented facts, as HTML and as text.';

export const PREVIEW_AFTER = `
Examples:
  ikr preview                    into ikr-preview
  ikr preview /tmp/mails
`;
