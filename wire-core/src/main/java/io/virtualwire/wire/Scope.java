package io.virtualwire.wire;

import io.netty.util.collection.IntObjectHashMap;
import io.virtualwire.control.Identity;
import io.virtualwire.frame.TcpSlicer;
import io.virtualwire.time.Ticker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the side records of one engine share. */
final class Scope {
    final Bounds bounds;
    final MoveRules rules;
    final BufferPool pool = new BufferPool();
    final Events events;
    final Cutter cutter = new Cutter();
    final TcpSlicer slicer = new TcpSlicer();

    private final Ticker ticker;
    private final PathDirectory paths;
    private final Share share;
    private final Alarm alarm;
    /** By the index that was handed to the peer; never reused while the process lives. */
    private final IntObjectHashMap<Leg> legs = new IntObjectHashMap<>();

    private final Map<Identity, PeerDaemon> daemons = new HashMap<>();
    private int lastIndex;
    private VniSource vnis = VniSource.NONE;

    /** Wakes a record. */
    interface Alarm {
        void at(SideRecord record, long nanoTime);
    }

    Scope(Ticker ticker, PathDirectory paths, Events events, Bounds bounds, MoveRules rules, Share share, Alarm alarm) {
        this.ticker = ticker;
        this.paths = paths;
        this.events = events;
        this.bounds = bounds;
        this.rules = rules;
        this.share = share;
        this.alarm = alarm;
        this.lastIndex = share.beforeFirstIndex();
    }

    long now() {
        return ticker.nanoTime();
    }

    void wake(SideRecord record, long nanoTime) {
        alarm.at(record, nanoTime);
    }

    /* HOT PATH */
    @Nullable
    Leg leg(int index) {
        return legs.get(index);
    }

    int nextIndex() {
        lastIndex = share.nextIndex(lastIndex);
        return lastIndex;
    }

    VniSource vnis() {
        return vnis;
    }

    void vnis(VniSource source) {
        vnis = source;
    }

    /** What all wires of this tenant may hold together. */
    BufferBudget budget(String tenant) {
        return share.budget(tenant);
    }

    /** The tenant that this daemon belongs to; empty if nobody has to know. */
    String tenant() {
        return paths.tenant();
    }

    /** The way to a peer daemon; to be given back with {@link #release}. */
    WirePath acquire(Identity peer, List<String> addresses) {
        return paths.acquire(peer, addresses);
    }

    void release(Identity peer) {
        paths.release(peer);
    }

    void register(Leg leg) {
        legs.put(leg.index(), leg);
        daemon(leg.path().peer()).add(leg);
    }

    void unregister(Leg leg) {
        legs.remove(leg.index());
        daemon(leg.path().peer()).remove(leg);
    }

    PeerDaemon daemon(Identity peer) {
        return daemons.computeIfAbsent(peer, id -> new PeerDaemon(bounds.rememberedOffers()));
    }

    int lastIndex() {
        return lastIndex;
    }

    List<EngineImage.Offers> offersImage() {
        return daemons.entrySet().stream()
                .map(entry -> new EngineImage.Offers(
                        entry.getKey(), entry.getValue().book().image()))
                .toList();
    }

    void restore(EngineImage image) {
        lastIndex = image.lastIndex();
        image.offers()
                .forEach(each -> each.offers()
                        .forEach(offer -> daemon(each.peer()).book().remember(offer)));
    }

    void forgetIfIdle(Identity peer) {
        PeerDaemon daemon = daemons.get(peer);
        if (daemon != null && daemon.legs().isEmpty()) {
            daemons.remove(peer);
        }
    }
}
