package dev.lateen.identity.ca;

import java.time.Instant;

/// The latest certificate that a holder was given.
///
/// Thread: any (immutable).
///
/// @param id a SPIFFE id
/// @param holder where the request came from
/// @param serial in hexadecimal digits
/// @param signer SHA-256 of the certificate that signed
public record IssuedCertificate(
        String id, String holder, String serial, Instant issuedAt, Instant notAfter, String signer) {}
