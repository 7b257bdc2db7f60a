package io.virtualwire.connector.succession;

import io.virtualwire.association.AssociationsImage;
import io.virtualwire.association.AssociationsImage.AssociationImage;
import io.virtualwire.association.AssociationsImage.HearingImage;
import io.virtualwire.association.AssociationsImage.PathImage;
import io.virtualwire.association.AssociationsImage.SessionImage;
import io.virtualwire.association.AssociationsImage.WindowImage;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.stack.StackImage;
import io.virtualwire.wire.EngineImage;
import io.virtualwire.wire.EngineImage.FrameImage;
import io.virtualwire.wire.EngineImage.Incomplete;
import io.virtualwire.wire.EngineImage.LegImage;
import io.virtualwire.wire.EngineImage.Repeated;
import io.virtualwire.wire.PeerMessage.Offer;
import io.virtualwire.wire.PeerState;
import io.virtualwire.wire.SideCounters;
import io.virtualwire.wire.SideState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** An estate in which every field says something. */
final class SampleEstate {
    private static final Identity FAR = new Identity("acme", "far");
    private static final Generation ONE = new Generation(1, "");
    private static final Generation TWO = new Generation(2, "east");
    private static final WireId WIRE = WireId.named("sample").of("rival");
    private static final Offer OFFER = new Offer(WIRE.bare(), Side.B, TWO, ONE, 4294967295L, Role.ACTIVE, true, false);
    private static final Repeated REPEATED = new Repeated(true, false, 5, -6);

    private SampleEstate() {}

    static Estate make() {
        return new Estate(
                new Identity("acme", "here"),
                new StackImage(associations(), engine(), null),
                3,
                null,
                List.of(new Estate.Device("acme", "web", "tap0", Optional.of("guest"), 9000)));
    }

    private static AssociationsImage associations() {
        SessionImage session = new SessionImage(
                true,
                true,
                new UUID(1, 2),
                -7,
                8,
                List.of(7471),
                false,
                "aes-256-gcm",
                new byte[96],
                new byte[] {1},
                new byte[] {2},
                "192.0.2.1",
                9,
                true,
                true,
                List.of(10L),
                List.of(new WindowImage(11, 12, new long[] {-1, 1})));
        AssociationImage association = new AssociationImage(
                FAR,
                List.of("192.0.2.1:7471"),
                Set.of(13L),
                14,
                new HearingImage(Optional.of(new UUID(3, 4)), 15),
                Optional.of(new UUID(3, 4)),
                Optional.of(new PathImage(0, 281473902969345L, 7471, 0, 1472, 16)),
                List.of(session),
                0,
                Map.of("REPLAYED", 17L),
                null);
        return new AssociationsImage(new UUID(5, 6), 18, true, List.of(association));
    }

    private static EngineImage engine() {
        LegImage leg = new LegImage(FAR, List.of("192.0.2.1:7471"), TWO, 19, true, Optional.of(OFFER));
        FrameImage frame = new FrameImage(0, true, 20, new byte[] {1, 2, 3});
        Incomplete incomplete = new Incomplete(21, 22, new int[] {0, 1}, new byte[] {4, 5});
        EngineImage.PeerImage peer = new EngineImage.PeerImage(
                leg,
                PeerState.CLOSING,
                23,
                new EngineImage.Heard(true, true, true, true),
                new EngineImage.Direct(
                        new EngineImage.Numbers(24, 25, 26, 27, new long[] {28}),
                        List.of(incomplete),
                        29,
                        true,
                        30,
                        31),
                new EngineImage.Relayed(List.of(incomplete), 32, true, 33, 34, true, true),
                new EngineImage.Waiting(List.of(frame), List.of(frame), 35, 36),
                new EngineImage.Said(REPEATED, 37, REPEATED, 38, true, 39),
                new EngineImage.RelayedOn(40, REPEATED, 41, true, true));
        EngineImage.RecordImage record = new EngineImage.RecordImage(
                ONE,
                new ConnectOptions(Role.STANDBY, true),
                SideState.YIELDED,
                true,
                true,
                42,
                new EngineImage.Yield(43, true, true),
                new SideCounters(1, 2, 3, 4, 5, 6, 7, 8),
                Map.of("STANDBY", 44L),
                Optional.of(TWO),
                Optional.of(new EngineImage.RelayImage(TWO, Optional.of(leg))),
                Optional.of(new EngineImage.RelayImage(ONE, Optional.empty())),
                Optional.of(45L),
                List.of(peer),
                List.of(frame),
                List.of(frame),
                Optional.empty());
        return new EngineImage(
                46,
                List.of(new EngineImage.Fence(WIRE, Side.B, TWO)),
                List.of(new EngineImage.Offers(FAR, List.of(OFFER))),
                List.of(new EngineImage.SideImage(WIRE, Side.A, "rival/web", List.of(record))));
    }
}
