/// Where the gateways of other networks are, as far as they are known by name. Entry: `GatewayAddresses`. For
/// `control`.
@NullMarked
package dev.lateen.control.networks;

import org.jspecify.annotations.NullMarked;
