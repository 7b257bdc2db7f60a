package io.virtualwire.connector.succession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.connector.succession.Parcel.Kind;
import io.virtualwire.connector.succession.Parcels.Greeting;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.linux.UnixSocket;
import io.virtualwire.stack.StackImage;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the two ends of a succession say to each other, and who is the connector afterwards. */
final class SuccessionTest {
    private static final int DESCRIPTORS = 450;

    @TempDir
    private Path folder;

    private final AtomicInteger refused = new AtomicInteger();
    private final CompletableFuture<Long> left = new CompletableFuture<>();
    private Succession succession;

    @BeforeEach
    void open() {
        Succession.Testator testator = new Succession.Testator() {
            @Override
            public boolean bequeath(Succession.Heir heir) {
                // Standard error stands for all the devices of a busy host.
                boolean taken = heir.take(SampleEstate.make(), Collections.nCopies(DESCRIPTORS, 2));
                if (!taken) {
                    refused.incrementAndGet();
                }
                return taken;
            }

            @Override
            public void left(long successor) {
                left.complete(successor);
            }
        };
        succession = Succession.open(folder, "1.0", testator, stage -> {});
    }

    @AfterEach
    void close() {
        succession.close();
    }

    @Test
    void everythingComesOverAndTheOldOneIsToldByWhom() throws Exception {
        try (Predecessor predecessor = Predecessor.find(folder, "1.1").orElseThrow()) {
            assertThat(predecessor.release()).isEqualTo("1.0");
            assertThat(predecessor.pid()).isEqualTo(ProcessHandle.current().pid());
            Estate estate = predecessor.standStill();
            assertThat(json(estate)).isEqualTo(json(SampleEstate.make()));
            assertThat(predecessor.descriptors())
                    .hasSize(DESCRIPTORS)
                    .doesNotHaveDuplicates()
                    .allMatch(each -> Files.exists(Path.of("/proc/self/fd/" + each)));
            predecessor.take();
            predecessor.awaitEnd();
            assertThat(left.get(5, TimeUnit.SECONDS))
                    .isEqualTo(ProcessHandle.current().pid());
            predecessor.descriptors().forEach(UnixSocket::closeDescriptor);
        }
        assertThat(refused).hasValue(0);
    }

    @Test
    void whoeverGoesAwayOrRefusesLeavesEverythingAsItWas() {
        for (int i = 1; i <= 3; i++) {
            try (Predecessor predecessor = Predecessor.find(folder, "1.1").orElseThrow()) {
                predecessor.standStill();
                if (i == 2) {
                    predecessor.refuse(new WireException(ErrorCode.CORRUPT, "no", "so"));
                } else {
                    predecessor.descriptors().forEach(UnixSocket::closeDescriptor);
                }
            }
            // The next one is heard only when the last one is over.
            try (Predecessor next = Predecessor.find(folder, "1.1").orElseThrow()) {
                assertThat(next.release()).isEqualTo("1.0");
            }
            assertThat(refused).hasValue(i);
        }
        assertThat(left).isNotDone();
    }

    @Test
    void onlyTheOwnerMayKnock() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(Succession.SOCKET))))
                .isEqualTo("rw-------");
        assertThat(Predecessor.find(folder.resolve("elsewhere"), "1.1")).isEmpty();
        succession.close();
        assertThat(Predecessor.find(folder, "1.1")).isEmpty();
    }

    @Test
    void aFolderMayHaveALongName() throws Exception {
        Path deep = folder.resolve("a-long-name-".repeat(8)).resolve("b-long-name-".repeat(8));
        Files.createDirectories(deep);
        try (Succession there = Succession.open(deep, "2.0", new Nobody(), stage -> {});
                Predecessor found = Predecessor.find(deep, "2.1").orElseThrow()) {
            assertThat(found.release()).isEqualTo("2.0");
        }
    }

    /** The release after next needs more than this one can say; and one before it may have been asked for less. */
    @Test
    void versionsAreAgreedOnOrRefused() {
        try (UnixSocket socket = UnixSocket.connect(folder.resolve(Succession.SOCKET))) {
            Parcels later = new Parcels(socket);
            later.send(Kind.GREETING, new Greeting(Parcels.HIGHEST + 1, Parcels.HIGHEST + 2, "9.0", null));
            assertThatThrownBy(() -> later.receive(Kind.GREETING)).isInstanceOfSatisfying(WireException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE);
                assertThat(e).hasMessageContaining("release 9.0");
                assertThat(e.hint()).contains("stop the old connector, then start the new one");
            });
        }
        try (UnixSocket socket = UnixSocket.connect(folder.resolve(Succession.SOCKET))) {
            Parcels next = new Parcels(socket);
            next.send(
                    Kind.GREETING,
                    new NextGreeting(Parcels.HIGHEST, Parcels.HIGHEST + 1, "1.1", List.of("something-new")));
            Greeting theirs = next.decode(next.receive(Kind.GREETING), Greeting.class);
            next.agree(theirs);
            assertThat(theirs.highest()).isEqualTo(Parcels.HIGHEST);
        }
        assertThat(refused).hasValue(0);
    }

    /** The next release's greeting says more; that is passed over. */
    private record NextGreeting(int lowest, int highest, String release, List<String> features) {}

    /** What this release writes is what the next one will be given: the format of version 1 does not change any more. */
    @Test
    void theFormatOfVersionOneStays() throws Exception {
        JsonMapper json = new JsonMapper();
        try (InputStream in = SuccessionTest.class.getResourceAsStream("estate-v1.json")) {
            byte[] golden = in.readAllBytes();
            assertThat(json.readTree(json(SampleEstate.make()))).isEqualTo(json.readTree(golden));
            Estate read = parcels().decode(new Parcel(Kind.ESTATE, golden.clone(), List.of()), Estate.class);
            assertThat(json.readTree(json(read))).isEqualTo(json.readTree(golden));
        }
    }

    /** What version 1 cannot say is said in version 2, or not at all. */
    @Test
    void severalOwnerThreadsNeedAReleaseThatKnowsOfThem() throws Exception {
        Estate one = SampleEstate.make();
        StackImage stack = new StackImage(
                one.stack().associations(),
                one.stack().engine(),
                List.of(one.stack().engine()));
        Estate two = new Estate(one.identity(), stack, 3, List.of(4), one.devices());
        assertThat(one.version()).isEqualTo(1);
        assertThat(two.version()).isEqualTo(2);
        assertThat(two.allOverflows()).containsExactly(3, 4);
        JsonMapper json = new JsonMapper();
        byte[] bytes = parcels().encode(two);
        Estate read = parcels().decode(new Parcel(Kind.ESTATE, bytes.clone(), List.of()), Estate.class);
        assertThat(json.readTree(json(read))).isEqualTo(json.readTree(bytes));
        Parcels first = parcels();
        first.agree(new Greeting(1, 1, "1.0", null));
        first.requireSayable(one);
        assertThatThrownBy(() -> first.requireSayable(two))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE));
    }

    @Test
    void noKeyIsPrinted() {
        assertThat(SampleEstate.make().toString()).doesNotContain("keys");
    }

    /** Leaves nothing to anybody. */
    private static final class Nobody implements Succession.Testator {
        @Override
        public boolean bequeath(Succession.Heir heir) {
            return false;
        }

        @Override
        public void left(long successor) {}
    }

    private String json(Estate estate) {
        return new String(parcels().encode(estate), StandardCharsets.UTF_8);
    }

    private Parcels parcels() {
        try (UnixSocket socket = UnixSocket.connect(folder.resolve(Succession.SOCKET))) {
            return new Parcels(socket);
        }
    }
}
