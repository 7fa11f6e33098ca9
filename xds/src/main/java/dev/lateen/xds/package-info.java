/// What travels between the planes: named, versioned, encoded resources. The two ends of the protocol are
/// `dev.lateen.xds.server` and `dev.lateen.xds.client`. Entry: `XdsResources`.
@NullMarked
package dev.lateen.xds;

import org.jspecify.annotations.NullMarked;
