@NullMarked
package dev.lateen.net.grpc;

import org.jspecify.annotations.NullMarked;
