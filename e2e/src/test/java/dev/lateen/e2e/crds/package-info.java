/// CustomResourceDefinitions of our own kinds, made from their protos. Entry: `CrdsGoldenTest`.
@NullMarked
package dev.lateen.e2e.crds;

import org.jspecify.annotations.NullMarked;
