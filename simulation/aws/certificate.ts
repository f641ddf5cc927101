import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/**
 * Makes a self-signed certificate for 127.0.0.1 and localhost that is valid for ten years around
 * now. Node can read certificates but not write them; these are the few DER structures of RFC 5280
 * that it takes.
 */
export function selfSignedCertificate(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  const commonName = sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from('localhost')));
  const name = sequence(der(0x31, commonName));
  const year = new Date().getUTCFullYear();
  const validity = sequence(january(year - 5), january(year + 5));
  const basicConstraints = sequence(
    oid(0x55, 0x1d, 0x13),
    der(0x01, Buffer.from([0xff])),
    der(0x04, sequence(der(0x01, Buffer.from([0xff])))),
  );
  const dnsName = der(0x82, Buffer.from('localhost'));
  const ipAddress = der(0x87, Buffer.from([127, 0, 0, 1]));
  const subjectAltName = sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(dnsName, ipAddress)));
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])), // serial number
    ecdsaWithSha256,
    name, // issuer
    validity,
    name, // subject
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(basicConstraints, subjectAltName)),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const bitString = der(0x03, Buffer.concat([Buffer.from([0]), signature]));
  const base64 = sequence(toBeSigned, ecdsaWithSha256, bitString).toString('base64');
  const lines = base64.match(/.{1,64}/g)?.join('\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

/** Tag, length, value. */
function der(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function oid(...bytes: number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

function january(year: number): Buffer {
  return der(0x18, Buffer.from(`${year}0101000000Z`));
}
