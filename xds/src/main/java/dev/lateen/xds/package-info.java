/// The ADS protocol, both ends: SotW and delta, versions, nonces, ACK/NACK.
@NullMarked
package dev.lateen.xds;

import org.jspecify.annotations.NullMarked;
