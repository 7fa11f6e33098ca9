/// The certificate authority. The only package that may use BouncyCastle; a sidecar never loads it.
/// Entry: `CertificateAuthority`.
@NullMarked
package dev.lateen.identity.ca;

import org.jspecify.annotations.NullMarked;
