package dev.lateen.xds.server;

import static dev.lateen.xds.ResourceType.CLUSTER;
import static dev.lateen.xds.ResourceType.ENDPOINT;
import static dev.lateen.xds.ResourceType.LISTENER;
import static dev.lateen.xds.ResourceType.ROUTE;
import static dev.lateen.xds.XdsResources.EMPTY;
import static dev.lateen.xds.server.SessionHarness.names;
import static dev.lateen.xds.server.SessionHarness.resource;
import static dev.lateen.xds.server.SessionHarness.world;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import dev.lateen.xds.server.Subscription.Variant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AdsSessionTest {
    @Nested
    class Delta {
        private final SessionHarness proxy = new SessionHarness(Variant.DELTA);

        @Test
        void answersAFirstRequestWithoutNamesWithAllClusters() {
            proxy.session.update(world(EMPTY, CLUSTER, "a1", "b1"), "1");

            proxy.subscribe(CLUSTER);

            assertThat(names(proxy.sent.getFirst())).containsExactly("a", "b");
        }

        @Test
        void answersTheFirstWildcardEvenWhenThereIsNothing() {
            proxy.session.update(EMPTY, "1");

            proxy.subscribe(LISTENER);

            assertThat(proxy.sent).hasSize(1);
        }

        @Test
        void waitsForResourcesThatAreNotMadeYet() {
            proxy.subscribe(CLUSTER);
            assertThat(proxy.sent).isEmpty();

            proxy.session.update(world(EMPTY, CLUSTER, "a1"), "1");

            assertThat(proxy.sent).hasSize(1);
        }

        @Test
        void sendsOnlyWhatChanged() {
            proxy.subscribe(CLUSTER);
            proxy.session.update(world(EMPTY, CLUSTER, "a1", "b1", "c1"), "1");
            proxy.acceptAll();

            proxy.session.update(world(EMPTY, CLUSTER, "a1", "b2"), "2");

            Push push = proxy.sent.getFirst();
            assertThat(names(push)).containsExactly("b");
            proxy.acceptAll();
            assertThat(proxy.session.status().get(CLUSTER).resources()).isEqualTo(2);
        }

        @Test
        void sendsNothingWhenEqualContentIsBuiltAnew() {
            proxy.subscribe(CLUSTER);
            proxy.session.update(world(EMPTY, CLUSTER, "a1"), "1");
            proxy.acceptAll();

            proxy.session.update(world(EMPTY, CLUSTER, "a1"), "2");

            assertThat(proxy.sent).isEmpty();
        }

        @Test
        void keepsOneResponseOfATypeUnansweredAndSkipsWhatIsOvertaken() {
            proxy.subscribe(CLUSTER);
            proxy.session.update(world(EMPTY, CLUSTER, "a1"), "1");
            Push first = proxy.sent.poll();

            proxy.session.update(world(EMPTY, CLUSTER, "a2"), "2");
            proxy.session.update(world(EMPTY, CLUSTER, "a3"), "3");
            assertThat(proxy.sent).isEmpty();
            proxy.accept(first);

            assertThat(proxy.sent).hasSize(1);
            assertThat(proxy.sent.getFirst().resources()).containsExactly(resource(CLUSTER, "a", 3));
        }

        @Test
        void doesNotRepeatARejectedResourceUntilItChanges() {
            proxy.subscribe(CLUSTER);
            proxy.session.update(world(EMPTY, CLUSTER, "a1"), "1");
            proxy.reject(proxy.sent.poll());
            assertThat(proxy.sent).isEmpty();

            proxy.session.update(world(EMPTY, CLUSTER, "a2"), "2");

            assertThat(proxy.sent).hasSize(1);
            assertThat(proxy.session
                            .status()
                            .get(CLUSTER)
                            .rejected()
                            .orElseThrow()
                            .detail())
                    .isEqualTo("bad");
        }

        @Test
        void sendsAReconnectedProxyOnlyWhatItLacks() {
            proxy.session.update(world(EMPTY, CLUSTER, "a1", "b2", "c1"), "1");
            Map<String, String> held = Map.of(
                    "a", resource(CLUSTER, "a", 1).version(),
                    "b", resource(CLUSTER, "b", 1).version(),
                    "d", "gone");

            proxy.session.request(CLUSTER, List.of(), List.of(), held, "", Optional.empty());

            Push push = proxy.sent.getFirst();
            assertThat(names(push)).containsExactly("b", "c");
            assertThat(push.removed()).containsExactly("d");
        }

        @Test
        void sendsAReconnectedProxyNothingWhenNothingChanged() {
            proxy.session.update(world(EMPTY, CLUSTER, "a1"), "1");
            Map<String, String> held = Map.of("a", resource(CLUSTER, "a", 1).version());

            proxy.session.request(CLUSTER, List.of("*"), List.of(), held, "", Optional.empty());

            assertThat(proxy.sent).isEmpty();
        }

        @Test
        void tellsThatANameDoesNotExist() {
            proxy.session.update(world(EMPTY, ROUTE, "a1"), "1");

            proxy.subscribe(ROUTE, "a", "x");

            assertThat(names(proxy.sent.getFirst())).containsExactly("a");
            assertThat(proxy.sent.getFirst().removed()).containsExactly("x");
        }

        @Test
        void sendsANameThatAppearsLater() {
            proxy.session.update(EMPTY, "1");
            proxy.subscribe(ROUTE, "x");
            proxy.acceptAll();

            proxy.session.update(world(EMPTY, ROUTE, "x1", "y1"), "2");

            assertThat(names(proxy.sent.getFirst())).containsExactly("x");
        }

        @Test
        void forgetsAnUnsubscribedName() {
            proxy.session.update(world(EMPTY, ROUTE, "a1", "b1"), "1");
            proxy.subscribe(ROUTE, "a", "b");
            proxy.acceptAll();
            proxy.session.request(ROUTE, List.of(), List.of("a"), Map.of(), "", Optional.empty());

            proxy.session.update(world(EMPTY, ROUTE, "a2", "b2"), "2");

            assertThat(names(proxy.sent.getFirst())).containsExactly("b");
        }

        @Test
        void sendsTheEndpointsOfAChangedClusterAgain() {
            XdsResources first = world(world(EMPTY, CLUSTER, "a1", "b1"), ENDPOINT, "a1", "b1");
            proxy.session.update(first, "1");
            proxy.subscribe(CLUSTER);
            proxy.subscribe(ENDPOINT, "a", "b");
            proxy.acceptAll();

            proxy.session.update(world(first, CLUSTER, "a2", "b1"), "2");

            assertThat(proxy.sent).extracting(Push::type).containsExactly(CLUSTER, ENDPOINT);
            assertThat(names(proxy.sent.getLast())).containsExactly("a");
        }

        @Test
        void holdsRoutesUntilANewClusterHasItsEndpoints() {
            XdsResources first = live();
            XdsResources next = world(world(world(first, CLUSTER, "a1", "n1"), ENDPOINT, "a1", "n1"), ROUTE, "r2");

            proxy.session.update(next, "2");
            assertThat(proxy.sent).extracting(Push::type).containsExactly(CLUSTER);
            proxy.accept(proxy.sent.poll());
            assertThat(proxy.sent).isEmpty();
            proxy.subscribe(ENDPOINT, "n");
            assertThat(proxy.sent).extracting(Push::type).containsExactly(ENDPOINT);
            proxy.accept(proxy.sent.poll());

            assertThat(proxy.sent).extracting(Push::type).containsExactly(ROUTE);
        }

        @Test
        void doesNotHoldRoutesForEverWhenTheProxyDoesNotAsk() {
            XdsResources first = live();
            XdsResources next = world(world(world(first, CLUSTER, "a1", "n1"), ENDPOINT, "a1", "n1"), ROUTE, "r2");
            proxy.session.update(next, "2");
            proxy.accept(proxy.sent.poll());

            proxy.runTimers();

            assertThat(proxy.sent).extracting(Push::type).containsExactly(ROUTE);
        }

        @Test
        void removesAClusterOnlyAfterTheRoutesHaveLetGo() {
            XdsResources first = live();

            proxy.session.update(world(world(first, CLUSTER), ROUTE, "r2"), "2");
            assertThat(proxy.sent).extracting(Push::type).containsExactly(ROUTE);
            proxy.accept(proxy.sent.poll());

            assertThat(proxy.sent).extracting(Push::type).containsExactly(CLUSTER);
            assertThat(proxy.sent.getFirst().removed()).containsExactly("a");
        }

        @Test
        void removesAClusterAtOnceWhenNoRouteChanges() {
            XdsResources first = live();

            proxy.session.update(world(first, CLUSTER), "2");

            assertThat(proxy.sent.getFirst().removed()).containsExactly("a");
        }

        private XdsResources live() {
            XdsResources first =
                    world(world(world(world(EMPTY, CLUSTER, "a1"), ENDPOINT, "a1"), LISTENER, "l1"), ROUTE, "r1");
            proxy.session.update(first, "1");
            proxy.subscribe(CLUSTER);
            proxy.subscribe(ENDPOINT, "a");
            proxy.subscribe(LISTENER);
            proxy.subscribe(ROUTE, "r");
            proxy.acceptAll();
            return first;
        }
    }

    @Nested
    class StateOfTheWorld {
        private final SessionHarness proxy = new SessionHarness(Variant.STATE_OF_THE_WORLD);

        @Test
        void sendsAllClustersWhenOneChanges() {
            first(CLUSTER, world(EMPTY, CLUSTER, "a1", "b1"));

            proxy.session.update(world(EMPTY, CLUSTER, "a1", "b2"), "2");

            assertThat(names(proxy.sent.getFirst())).containsExactly("a", "b");
        }

        @Test
        void sendsOnlyTheChangedEndpoints() {
            first(ENDPOINT, world(EMPTY, ENDPOINT, "a1", "b1"), "a", "b");

            proxy.session.update(world(EMPTY, ENDPOINT, "a1", "b2"), "2");

            assertThat(names(proxy.sent.getFirst())).containsExactly("b");
        }

        @Test
        void ignoresAStaleNonce() {
            proxy.session.update(world(EMPTY, ENDPOINT, "a1"), "1");
            proxy.names(ENDPOINT, "", "a");
            proxy.sent.clear();

            proxy.names(ENDPOINT, "s-99", "a", "b");

            assertThat(proxy.sent).isEmpty();
        }

        @Test
        void doesNotAnswerAnAcceptance() {
            first(ENDPOINT, world(EMPTY, ENDPOINT, "a1"), "a");

            assertThat(proxy.sent).isEmpty();
        }

        @Test
        void answersTheSameListAskedForAnew() {
            Push push = first(ENDPOINT, world(EMPTY, ENDPOINT, "a1"), "a");

            proxy.names(ENDPOINT, push.nonce(), "a");

            assertThat(names(proxy.sent.getFirst())).containsExactly("a");
        }

        @Test
        void answersAnAddedName() {
            Push push = first(ENDPOINT, world(EMPTY, ENDPOINT, "a1", "b1"), "a");

            proxy.names(ENDPOINT, push.nonce(), "a", "b");

            assertThat(names(proxy.sent.getFirst())).contains("b");
        }

        @Test
        void takesAnEmptyListAfterNamesAsNone() {
            Push push = first(CLUSTER, world(EMPTY, CLUSTER, "a1", "b1"), "a");

            proxy.names(CLUSTER, push.nonce());
            proxy.session.update(world(EMPTY, CLUSTER, "a2", "b2"), "2");

            assertThat(proxy.sent).isEmpty();
        }

        @Test
        void sendsAnEmptyListWhenTheLastClusterGoes() {
            first(CLUSTER, world(EMPTY, CLUSTER, "a1"));

            proxy.session.update(EMPTY, "2");

            assertThat(proxy.sent.getFirst().resources()).isEmpty();
        }

        private Push first(ResourceType type, XdsResources resources, String... names) {
            proxy.session.update(resources, "1");
            proxy.names(type, "", names);
            Push push = proxy.sent.poll();
            proxy.names(type, push.nonce(), names);
            return push;
        }
    }
}
