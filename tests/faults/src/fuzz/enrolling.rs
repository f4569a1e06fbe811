//! An enrolment and the request for it, by an authority that stands here and is nobody's.

use homon_domain::ids::Code;
use homon_seal::enrolment::{FORMAT, ca_fingerprint};
use homon_seal::{Enrolment, EnrolmentRecipients, EnrolmentRequest, FormerKeys, Recipients, Sha256Digest, SigningKey};
use serde_json::{Value, json};

use super::seeds::noon;
use super::world::World;

const AUTHORITY_KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHrIewWjjifK1m3O+
0ORdLz+K+HxZHvpGLq9fhou7MruhRANCAASMysstzFn3gtmyvUwebyNAnB+Bb17t
5a+UKPvQ1edgrwAayivR8Qt/1lEv0lpeUedrAeXaPFmLpvkp1jWEM0c7
-----END PRIVATE KEY-----
";
const AUTHORITY: &str = "-----BEGIN CERTIFICATE-----
MIIBdDCCARugAwIBAgIUfNhRkdL2sn8l5nb/PVHAXujDswQwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEZnV6ejAgFw0yNjExMjgwNzUzNTVaGA8yMTI2MTEwNDA3NTM1
NVowDzENMAsGA1UEAwwEZnV6ejBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIzK
yy3MWfeC2bK9TB5vI0CcH4FvXu3lr5Qo+9DV52CvABrKK9HxC3/WUS/SWl5R52sB
5do8WYum+SnWNYQzRzujUzBRMB0GA1UdDgQWBBR0K9ZkZURQQAu1Ehwa9Cr5fXA9
jjAfBgNVHSMEGDAWgBR0K9ZkZURQQAu1Ehwa9Cr5fXA9jjAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0cAMEQCIC9ijrRCxLduEBn2dKaELi/ke973I7P4Nz6S
M/JiC+E7AiAIcrzncjWAxDT0cmk/ARU7dYGDAm2nSFi3iqNtuzoqzA==
-----END CERTIFICATE-----
";
/// Of the tablet, whose key is the world's.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBCTCBsAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARmdXp6MCAXDTI2MTEy
ODA3NTM1NVoYDzIxMjYxMTA0MDc1MzU1WjARMQ8wDQYDVQQDDAZ0YWJsZXQwWTAT
BgcqhkjOPQIBBggqhkjOPQMBBwNCAAQYVk4pSHJp3XgO472UqzexPbJ3kqSCrt+Z
DT3eKDTRZavBE0QjLg7qCwtl+gQyL14MnhbidWKeslKg6jWox8w9MAoGCCqGSM49
BAMCA0gAMEUCIQDi56A+6cXyzXYQ3bqH3aiKQOi4ilhY2jtkzJRiYragKwIgFMCr
fb0+C55Xs7DFkhTvdx7VvTaGKxub7b9j3HodvQM=
-----END CERTIFICATE-----
";
const CERTIFICATE_REQUEST: &str = "-----BEGIN CERTIFICATE REQUEST-----
MIHMMHMCAQAwETEPMA0GA1UEAwwGdGFibGV0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEGFZOKUhyad14DuO9lKs3sT2yd5Kkgq7fmQ093ig00WWrwRNEIy4O6gsL
ZfoEMi9eDJ4W4nVinrJSoOo1qMfMPaAAMAoGCCqGSM49BAMCA0kAMEYCIQDBbjZ9
OoY5GPnj+/Ad2dwEaKpLnuRn92GfH/JJuYsgNAIhAKBzu31qBQoFg5rcOJkaIPDi
q6NEsMn7PnjbPm4/tuvu
-----END CERTIFICATE REQUEST-----
";
/// Of the desk.
const DESK_KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgiyArUWIsoBqoZQnE
Qi4UdeyMZ2ceKCwBxMlycFk/hxihRANCAAQsks6KIS7/F5PMIjet1Lku/i8H4j0a
MLrNoAjfjPq6Hu8iyrGgu+pbfmLVFqNY232l8rCVy+m7fb+6sSmx92er
-----END PRIVATE KEY-----
";

/// What a tablet asks.
pub(super) fn request() -> EnrolmentRequest {
    let world = World::get();
    EnrolmentRequest {
        format: FORMAT,
        csr_pem: CERTIFICATE_REQUEST.to_owned(),
        mailbox: world.identity.recipient(),
        label: label(),
        device_key: world.signing.public_key(),
        made_at: noon(),
    }
}

/// What the city answers.
pub(super) fn enrolment() -> Enrolment<Value> {
    let world = World::get();
    let everyone = Recipients::new(vec![world.identity.recipient()]).expect("one recipient is a set");
    let desk = key(DESK_KEY).public_key();
    Enrolment {
        format: FORMAT,
        serial: 1,
        device: world.key.device,
        programme: json!({"code": "shimonoseki"}),
        client_certificate_pem: CERTIFICATE.to_owned(),
        ca_pem: AUTHORITY.to_owned(),
        other_ca_pem: None,
        intake_url: "https://intake.example/".to_owned(),
        server_name: "intake.example".to_owned(),
        recipients: EnrolmentRecipients { work: everyone.clone(), recovery: everyone, office: None },
        held_key: world.signing.public_key(),
        opened_key: desk,
        mail_key: desk,
        former: FormerKeys::default(),
        issued_at: noon(),
    }
}

/// The authority's key.
pub(super) fn authority() -> SigningKey {
    key(AUTHORITY_KEY)
}

/// What people compared.
pub(super) fn fingerprint() -> Sha256Digest {
    ca_fingerprint(AUTHORITY).expect("a certificate")
}

fn key(pem: &str) -> SigningKey {
    SigningKey::from_pkcs8_pem(pem).expect("a P-256 key")
}

fn label() -> Code {
    "tablet-03".parse().expect("a code")
}
