/// What the hosts of a cluster are asked to learn whether they are well, and what follows from their answers; the
/// asking itself is in `cluster`.
///
/// Entry: HealthCheckDecoder. Depends on `config` alone.
@NullMarked
package dev.lateen.proxy.health;

import org.jspecify.annotations.NullMarked;
