/*
 * Moving a component of PORTS wires from place P1 to place P2: the flip, the end marker, the relay leg, fencing and the
 * component handoff of ../wire-protocol.md, sections 4.1, 5, 6 and 7, with its invariants (section 8).
 *
 *            Q[0]        Q[1]        Q[2]          far ends, side B of a wire each
 *             |           |           |
 *             +-----+-----+-----+-----+
 *                   |           |
 *           P1: generation 0   P2: generation 1    the move; generations 2, 3: takeovers (or, with CHAIN, the move back)
 *                   +--relay----^
 *
 * README.md says what is abstracted and which runs are made. Names are the protocol's. Generations count from 0 here.
 *
 * The network. A control message (HELLO, END, RELAYED_END, connect, handoff) is a fact that holds once it was sent and can
 * be received at any later time, in any order, any number of times: loss is delay until a repetition, doubling and
 * reordering come by themselves. Giving up the repetition is a step of its own. A frame is a bit in the set of those in
 * flight on one leg; it is received (any of the set with REORDER, else the oldest), received and yet left in flight (a
 * copy, at most DUPS), or lost (at most LOSSES).
 *
 * Timers. With EXPIRE=0 a timer fires only when what it waits for cannot come any more: the bounds hold. With EXPIRE=1
 * it fires whenever it may be running; if something was still on its way `expired` is set, and only then may a frame be
 * dropped or late.
 */

#ifndef PORTS
#define PORTS 1         /* wires of the component */
#endif
#ifndef SOURCES
#define SOURCES 1       /* how many far ends send frames; the component forwards each to all other ports */
#endif
#ifndef FRAMES
#define FRAMES 2        /* frames a far end sends */
#endif
#ifndef UPS
#define UPS 0           /* frames each generation sends of its own accord (one port only) */
#endif
#ifndef GENS
#define GENS 2          /* generations: 2 is the move alone, 3 one takeover, 4 two */
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#ifndef RESTART
#define RESTART 0       /* a crashed far end comes back */
#endif
#ifndef SUSPICIONS
#define SUSPICIONS 0    /* takeovers from a place that lives */
#endif
#ifndef UNREACHABLE
#define UNREACHABLE 0   /* far ends that the new holder cannot reach for a while */
#endif
#ifndef SILENT
#define SILENT 0        /* whether a switch goes without far ends that do not answer */
#endif
#ifndef CALLOFF
#define CALLOFF 0
#endif
#ifndef CHAIN
#define CHAIN 0         /* generation 2 is an orderly move back to P1 */
#endif
#ifndef LOSSES
#define LOSSES 0
#endif
#ifndef DUPS
#define DUPS 0
#endif
#ifndef REORDER
#define REORDER 1
#endif
#ifndef EXPIRE
#define EXPIRE 0
#endif

/* instance of the component, one per generation; its sides are STANDBY until DECIDING, ACTIVE while, YIELDED after */
#define NONE      0
#define PREPARING 1
#define PREPARED  2
#define DECIDING  3
#define YIELDED   4
#define RETIRED   5

/* peer of a far end, one per generation */
#define UNKNOWN  0
#define EXPECTED 1
#define ACTIVE   2
#define CLOSING  3
#define CLOSED   4

#define P1 0
#define P2 1

#define X(i, g)     ((i) * GENS + (g))
#define ORDERLY(g)  ((g) == 1 || (CHAIN && (g) == 2))
#define ALIVE(g)    (!dead[host[g]])
#define HAS_RELAY(g) ((g) + 1 < GENS && ORDERLY((g) + 1) && inst[(g) + 1] >= PREPARED && !(calledOff && (g) == 0))
#define TAKEN_OVER  (claim > 1 + CHAIN)
#define COUNT(s)    (((s) & 1) + (((s) >> 1) & 1) + (((s) >> 2) & 1) + (((s) >> 3) & 1) \
                    + (((s) >> 4) & 1) + (((s) >> 5) & 1) + (((s) >> 6) & 1) + (((s) >> 7) & 1))
#define MISSING_UP(i, g) (upNet[X(i, g)] & ~upSeen[X(i, g)])
#define MISSING_DN(i, g) (dnNet[X(i, g)] & ~dnSeen[X(i, g)])
#define MISSING_RL(i, g) (rlNet[X(i, g)] & ~rlSeen[X(i, g)])
#if REORDER
#define NEXT(s, k)  ((s) & (1 << (k)))
#else
#define NEXT(s, k)  (((s) & (1 << (k))) && !((s) & ((1 << (k)) - 1)))
#endif
#if PORTS > 1
#define BITS (SOURCES * FRAMES)
#define FIRST(i) ((i) * FRAMES)
#define UP_BITS BITS
#else
#define BITS FRAMES
#define FIRST(i) 0
#define UP_BITS (UPS * GENS)
#endif

/* ---- the places and the log ---- */
byte inst[GENS];
bit host[GENS];
bit dead[2];
byte claim = 1;               /* the log's highest claim */
byte holder;                  /* the generation that the log says decides */
bit activated[GENS];
bit handoff[GENS];            /* sent to generation g */
bit calledOff;                /* P1's promise never to yield to generation 1 */
byte newest;                  /* ghost: the highest generation that ever decided */

/* ---- a side of generation g on port i, X(i,g) ---- */
byte dnNet[PORTS * GENS];     /* FRAMEs of the far end in flight to g */
byte dnSeen[PORTS * GENS];    /* received: replay window and "every number up to n" */
byte dnHold[PORTS * GENS];    /* direct frames held until the relay is complete */
byte rlSent[PORTS * GENS];    /* RELAYED_FRAMEs sent to g */
byte rlNet[PORTS * GENS];
byte rlSeen[PORTS * GENS];
byte rlHold[PORTS * GENS];    /* relayed frames held in STANDBY */
bit relayDone[PORTS * GENS];  /* the hold of direct frames is open */
byte endDn[PORTS * GENS];     /* END, SUPERSEDED, of the far end to g: 1 sent, 2 given up */
bit endDnRecv[PORTS * GENS];
byte relayEnd[PORTS * GENS];  /* RELAYED_END to g: 1 + its count; 99 given up */
bit relayEndRecv[PORTS * GENS];

/* ---- far end i ---- */
bit qdead[PORTS];
bit restarted[PORTS];
bit away[PORTS];              /* the new holder cannot reach it now */
bit silent[PORTS];            /* it lives, but the switch went without it: what it and the old place said last may be lost */
bit unfenced[PORTS];          /* ghost: was not fenced when a takeover activated */
byte sentDn[PORTS];           /* how many frames it has sent */
byte peer[PORTS * GENS];
byte upSent[PORTS * GENS];    /* sent by g to it */
byte upNet[PORTS * GENS];
byte upSeen[PORTS * GENS];
byte upHold[PORTS * GENS];    /* frames of g held until all lower generations are CLOSED */
bit endUpRecv[PORTS * GENS];  /* END(n) of the yielded g has come */

/* ---- what is counted, and ghosts ---- */
byte losses, dups, crashes, suspicions, unreachables;
bit expired;                  /* a bound was exceeded while something was on its way */
byte given[PORTS];            /* frames of far end i given to the component's port */
byte dropped[PORTS];          /* frames of far end i lost for a reason that is allowed and counted */
byte route[PORTS];            /* the latest route that a given frame took */
byte upMade[PORTS];           /* frames that any generation sent to far end i */
byte upGiven[PORTS];
byte upDropped[PORTS];
byte heard[PORTS];            /* the highest generation of which far end i gave a frame to its port */
byte flipped[PORTS];          /* the highest generation that was ACTIVE at far end i */
#if !REORDER
byte lastDn[PORTS];
byte lastUp[PORTS];
#endif

hidden byte c, h, j, m, n, r, s;
hidden byte blocked;

/* A frame may end here only for a counted reason: a fence, or an exceeded bound. */
inline dropDown(i, set) {
    assert(TAKEN_OVER || expired || silent[i] || (set) == 0);
    dropped[i] = dropped[i] | (set)
}

inline dropUp(i, set) {
    assert(TAKEN_OVER || expired || restarted[i] || silent[i] || (set) == 0);
    upDropped[i] = upDropped[i] | (set)
}

/* Invariant 1: at most one instance is heard by the far ends that the newest holder could reach. */
inline oneDecider() {
    n = 0;
    for (c : 0 .. GENS - 1) {
        m = 0;
        for (r : 0 .. PORTS - 1) {
            if
            :: inst[c] == DECIDING && ALIVE(c) && !qdead[r] && !unfenced[r] &&
                    (peer[X(r, c)] == ACTIVE || peer[X(r, c)] == EXPECTED) -> m = 1
            :: else
            fi
        }
        n = n + m
    }
    assert(n <= 1)
}

/* Far end i closes generation h: what still comes of it is dropped, STALE_GENERATION. */
inline closePeer(i, h) {
    peer[X(i, h)] = CLOSED;
    dropUp(i, upHold[X(i, h)] | upNet[X(i, h)] & ~upSeen[X(i, h)]);
    upHold[X(i, h)] = 0;
    upNet[X(i, h)] = 0;
    upSent[X(i, h)] = 0;
    upSeen[X(i, h)] = 0
}

/* Far end i gives a frame of generation g to its own port. */
inline giveUp(i, g, bits) {
    assert(!(upGiven[i] & (bits)));                     /* invariant 4 */
    assert(g >= heard[i] || expired);                   /* invariants 1, 5 */
    upGiven[i] = upGiven[i] | (bits);
    if
    :: g > heard[i] -> heard[i] = g
    :: else
    fi;
#if !REORDER && SOURCES == 1
    assert((bits) > lastUp[i] || expired || TAKEN_OVER);
    lastUp[i] = (bits);
#endif
}

/* Far end i: gives what need not be held any more, closes what is complete, lowest generation first. */
inline settle(i) {
    blocked = false;
    for (h : 0 .. GENS - 1) {
        if
#ifdef BUG_NO_HOLD
        :: upHold[X(i, h)] ->
#else
        :: upHold[X(i, h)] && !blocked ->
#endif
            for (s : 0 .. 7) {
                if
                :: upHold[X(i, h)] & (1 << s) -> giveUp(i, h, (1 << s))
                :: else
                fi
            }
            upHold[X(i, h)] = 0
        :: else
        fi;
        if
        :: peer[X(i, h)] == CLOSING ->
            if
#ifdef BUG_CLOSE_ON_END
            :: !blocked && endUpRecv[X(i, h)] -> closePeer(i, h)
#else
            :: !blocked && endUpRecv[X(i, h)] && !(upSent[X(i, h)] & ~upSeen[X(i, h)]) -> closePeer(i, h)
#endif
            :: else -> blocked = true
            fi
        :: else
        fi
    }
    blocked = false
}

/* Far end i flips to g. */
inline flip(i, g) {
    assert(g >= flipped[i] && g >= heard[i]);           /* invariant 2: never back */
    for (h : 0 .. GENS - 1) {
        if
#ifdef BUG_SKIPPED_CLOSED
        :: h < g && peer[X(i, h)] == EXPECTED ->        /* never heard, so nothing of it is waited for */
            closePeer(i, h);
            endDn[X(i, h)] = 1
        :: h < g && peer[X(i, h)] == ACTIVE ->
#else
        :: h < g && (peer[X(i, h)] == ACTIVE || peer[X(i, h)] == EXPECTED) ->
#endif
            peer[X(i, h)] = CLOSING;
            endDn[X(i, h)] = 1
        :: h > g -> assert(peer[X(i, h)] != ACTIVE)     /* invariant 2: at most one */
        :: else
        fi
    }
    peer[X(i, g)] = ACTIVE;
    flipped[i] = g;
#ifdef REACH_FLIP
    assert(g == 0);
#endif
#ifdef REACH_SILENT_FLIP
    assert(!(silent[i] && g == 1));
#endif
#ifdef REACH_RESTARTED_FLIP
    assert(!(restarted[i] && g == 1));
#endif
    settle(i);
    oneDecider()
}

/* Instance g sends a frame to far end i; what a CLOSED or unknown leg would only drop is dropped here. */
inline sendUp(i, g, bits) {
    upMade[i] = upMade[i] | (bits);
    if
    :: qdead[i] -> upDropped[i] = upDropped[i] | (bits)
    :: !qdead[i] && (peer[X(i, g)] == CLOSED || peer[X(i, g)] == UNKNOWN) -> dropUp(i, bits)
    :: else ->
        upSent[X(i, g)] = upSent[X(i, g)] | (bits);
        upNet[X(i, g)] = upNet[X(i, g)] | (bits)
    fi
}

/* A frame reaches the port of instance g; way is the leg it came last. */
inline giveDown(i, g, bits, way) {
    if
    :: inst[g] == DECIDING && g == newest ->
        assert(!(given[i] & (bits)));                   /* invariant 4 */
        assert(way >= route[i] || expired);             /* invariant 5 */
        given[i] = given[i] | (bits);
        if
        :: way > route[i] -> route[i] = way
        :: else
        fi;
#if !REORDER
        assert((bits) > lastDn[i] || expired || TAKEN_OVER);
        lastDn[i] = (bits);
#endif
#ifdef REACH_RELAY
        assert(way != 2);
#endif
#ifdef REACH_RELAY_TWICE
        assert(!(way == 4 && (rlSent[X(i, 1)] & (bits))));
#endif
#if PORTS > 1
        for (j : 0 .. PORTS - 1) {
            if
            :: j != i -> sendUp(j, g, bits)
            :: else
            fi
        }
#endif
    :: inst[g] == DECIDING && g < newest ->             /* a stale instance: nobody listens to it */
#ifdef REACH_STALE
        assert(false);
#endif
        dropDown(i, bits)
    :: inst[g] == YIELDED && HAS_RELAY(g) ->
#ifdef BUG_NO_RELAY
        dropDown(i, bits)
#else
        if
        :: !ALIVE(g + 1) -> dropped[i] = dropped[i] | (bits)
        :: ALIVE(g + 1) && inst[g + 1] == RETIRED -> dropDown(i, bits)
        :: else ->
            rlSent[X(i, g + 1)] = rlSent[X(i, g + 1)] | (bits);
            rlNet[X(i, g + 1)] = rlNet[X(i, g + 1)] | (bits)
        fi
#endif
    :: else -> dropDown(i, bits)
    fi
}

inline giveAllDown(i, g, set, way) {
    for (s : 0 .. BITS - 1) {
        if
        :: set & (1 << s) -> giveDown(i, g, (1 << s), way)
        :: else
        fi
    }
    set = 0
}

/* Side (i,g): the relay is complete, or a bound says so; direct frames follow. */
inline openHold(i, g) {
    relayDone[X(i, g)] = 1;
    giveAllDown(i, g, dnHold[X(i, g)], 2 * g + 1)
}

inline checkRelay(i, g) {
    if
    :: relayEndRecv[X(i, g)] && !relayDone[X(i, g)] && COUNT(rlSeen[X(i, g)]) + 1 >= relayEnd[X(i, g)] -> openHold(i, g)
    :: else
    fi
}

/* The records of instance g are disconnected; what they held is dropped and counted. */
inline retire(g) {
    inst[g] = RETIRED;
    for (m : 0 .. PORTS - 1) {
        dropDown(m, dnHold[X(m, g)] | rlHold[X(m, g)] | MISSING_DN(m, g) | MISSING_RL(m, g));
        dnHold[X(m, g)] = 0;
        rlHold[X(m, g)] = 0;
        dnNet[X(m, g)] = 0;
        rlNet[X(m, g)] = 0;
        dnSeen[X(m, g)] = 0;
        rlSeen[X(m, g)] = 0;
        endDn[X(m, g)] = 0
    }
    m = 0
}

/* Instance g decides and activates every port, in one step. */
inline activate(g) {
    for (h : 0 .. GENS - 1) {                           /* lower records at the same place are replaced */
        if
        :: h < g && host[h] == host[g] && !ORDERLY(g) && inst[h] == DECIDING -> inst[h] = YIELDED
        :: h < g && host[h] == host[g] && !ORDERLY(g) && (inst[h] == PREPARING || inst[h] == PREPARED) -> retire(h)
        :: else
        fi
    }
    inst[g] = DECIDING;
    activated[g] = 1;
    if
    :: g > newest -> newest = g
    :: else                                             /* a late handoff, after a takeover: fenced, so nobody listens */
    fi;
    for (m : 0 .. PORTS - 1) {
        if
        :: !ORDERLY(g) && peer[X(m, g)] == UNKNOWN -> unfenced[m] = 1
        :: else
        fi;
        giveAllDown(m, g, rlHold[X(m, g)], 2 * g)
    }
    oneDecider()
}


/* Whether far end i has a higher generation than g ACTIVE, or knows one at all. */
#define HIGHER1(i, g, op) ((g) + 1 < GENS && peer[X(i, (g) + 1)] op)
#define HIGHER2(i, g, op) ((g) + 2 < GENS && peer[X(i, (g) + 2)] op)
#define HIGHER3(i, g, op) ((g) + 3 < GENS && peer[X(i, (g) + 3)] op)
#define HIGHER_ACTIVE(i, g) (HIGHER1(i, g, == ACTIVE) || HIGHER2(i, g, == ACTIVE) || HIGHER3(i, g, == ACTIVE))
#define HIGHER_KNOWN(i, g)  (HIGHER1(i, g, != UNKNOWN) || HIGHER2(i, g, != UNKNOWN) || HIGHER3(i, g, != UNKNOWN))
#define LOWER_CLOSING(i, g) ((g) > 0 && peer[X(i, (g) - 1)] == CLOSING || (g) > 1 && peer[X(i, (g) - 2)] == CLOSING \
                             || (g) > 2 && peer[X(i, (g) - 3)] == CLOSING)

/* What far end i does with a frame of generation g. */
inline receiveUp(i, g, bits) {
    if
#ifndef BUG_NO_REPLAY_WINDOW
    :: upSeen[X(i, g)] & (bits) ->                      /* the replay window has it */
#ifdef REACH_REPLAY
        assert(false)
#else
        skip
#endif
#endif
    :: else ->
        upSeen[X(i, g)] = upSeen[X(i, g)] | (bits);
        if
        :: peer[X(i, g)] == EXPECTED && !HIGHER_ACTIVE(i, g) -> flip(i, g)
        :: else
        fi;
        if
        :: peer[X(i, g)] == ACTIVE || peer[X(i, g)] == CLOSING ->
            upHold[X(i, g)] = upHold[X(i, g)] | (bits);
#ifdef REACH_HELD_UP
            assert(!LOWER_CLOSING(i, g));
#endif
            settle(i)
        :: else -> dropUp(i, bits)                      /* STALE_GENERATION */
        fi
    fi
}

/* What side (i,g) does with a FRAME, and with a RELAYED_FRAME. */
inline receiveDown(i, g, bits) {
    if
#ifndef BUG_NO_REPLAY_WINDOW
    :: dnSeen[X(i, g)] & (bits) ->
#ifdef REACH_REPLAY
        assert(false)
#else
        skip
#endif
#endif
    :: else ->
        dnSeen[X(i, g)] = dnSeen[X(i, g)] | (bits);
        if
#ifndef BUG_NO_MARKER
        :: ORDERLY(g) && !relayDone[X(i, g)] && inst[g] != RETIRED ->
#ifdef REACH_HELD_DOWN
            assert(false);
#endif
#ifdef BUG_EAGER_RELAY
            if
            :: inst[g] == YIELDED -> giveDown(i, g, bits, 2 * g + 1)
            :: else -> dnHold[X(i, g)] = dnHold[X(i, g)] | (bits)
            fi
#else
            dnHold[X(i, g)] = dnHold[X(i, g)] | (bits)
#endif
#endif
        :: else -> giveDown(i, g, bits, 2 * g + 1)
        fi
    fi
}

inline receiveRelayed(i, g, bits) {
    if
#ifndef BUG_NO_REPLAY_WINDOW
    :: rlSeen[X(i, g)] & (bits) -> skip
#endif
    :: else ->
        rlSeen[X(i, g)] = rlSeen[X(i, g)] | (bits);
#ifdef REACH_LATE_RELAY
        assert(!relayDone[X(i, g)]);
#endif
        if
        :: inst[g] == PREPARING || inst[g] == PREPARED -> rlHold[X(i, g)] = rlHold[X(i, g)] | (bits)
        :: else -> giveDown(i, g, bits, 2 * g)          /* after the hold was opened: LATE_RELAY */
        fi;
        checkRelay(i, g)
    fi
}

#define RECEIVE_UP(k) \
    :: d_step { !qdead[i] && NEXT(upNet[X(i, g)], k) -> \
        upNet[X(i, g)] = upNet[X(i, g)] & ~(1 << (k)); receiveUp(i, g, (1 << (k))) }
#if DUPS
#define COPY_UP(k) \
    :: d_step { dups < DUPS && !qdead[i] && NEXT(upNet[X(i, g)] & ~upSeen[X(i, g)], k) -> \
        dups++; receiveUp(i, g, (1 << (k))) }
#else
#define COPY_UP(k)
#endif
#if LOSSES
#define LOSE_UP(k) \
    :: d_step { losses < LOSSES && (MISSING_UP(i, g) & (1 << (k))) -> \
        losses++; upNet[X(i, g)] = upNet[X(i, g)] & ~(1 << (k)); upDropped[i] = upDropped[i] | (1 << (k)) }
#else
#define LOSE_UP(k)
#endif
#define RECEIVE_DN(k) \
    :: d_step { ALIVE(g) && NEXT(dnNet[X(i, g)], k) -> \
        dnNet[X(i, g)] = dnNet[X(i, g)] & ~(1 << (k)); receiveDown(i, g, (1 << (k))) }
#if DUPS
#define COPY_DN(k) \
    :: d_step { dups < DUPS && ALIVE(g) && NEXT(dnNet[X(i, g)] & ~dnSeen[X(i, g)], k) -> \
        dups++; receiveDown(i, g, (1 << (k))) }
#else
#define COPY_DN(k)
#endif
#if LOSSES
#define LOSE_DN(k) \
    :: d_step { losses < LOSSES && (MISSING_DN(i, g) & (1 << (k))) -> \
        losses++; dnNet[X(i, g)] = dnNet[X(i, g)] & ~(1 << (k)); dropped[i] = dropped[i] | (1 << (k)) }
#else
#define LOSE_DN(k)
#endif
#define RECEIVE_RL(k) \
    :: d_step { ALIVE(g) && NEXT(rlNet[X(i, g)], k) -> \
        rlNet[X(i, g)] = rlNet[X(i, g)] & ~(1 << (k)); receiveRelayed(i, g, (1 << (k))) }
#if DUPS
#define COPY_RL(k) \
    :: d_step { dups < DUPS && ALIVE(g) && NEXT(rlNet[X(i, g)] & ~rlSeen[X(i, g)], k) -> \
        dups++; receiveRelayed(i, g, (1 << (k))) }
#else
#define COPY_RL(k)
#endif
#if LOSSES
#define LOSE_RL(k) \
    :: d_step { losses < LOSSES && (MISSING_RL(i, g) & (1 << (k))) -> \
        losses++; rlNet[X(i, g)] = rlNet[X(i, g)] & ~(1 << (k)); dropped[i] = dropped[i] | (1 << (k)) }
#else
#define LOSE_RL(k)
#endif

#if defined(BUG_HELLO_ONCE)
#define HELLO_COMES(i, g) (!restarted[i])
#elif defined(BUG_HELLO_GIVES_UP)
#define HELLO_COMES(i, g) (!gaveUp)
bit gaveUp;
#else
#define HELLO_COMES(i, g) (!restarted[i] || inst[g] == DECIDING && ALIVE(g))
#endif

#define FRAME_UP(k) RECEIVE_UP(k) COPY_UP(k) LOSE_UP(k)
#define FRAME_DN(k) RECEIVE_DN(k) COPY_DN(k) LOSE_DN(k) RECEIVE_RL(k) COPY_RL(k) LOSE_RL(k)

/* Far end i and its peer of generation g. */
proctype FarEnd(byte i, g) {
end:
    do
    /* a frame for side A goes to the one ACTIVE generation */
    :: d_step { i < SOURCES && !qdead[i] && sentDn[i] < FRAMES && peer[X(i, g)] == ACTIVE ->
        r = 1 << (FIRST(i) + sentDn[i]);
        sentDn[i]++;
        if
        :: !ALIVE(g) -> dropped[i] = dropped[i] | r
        :: ALIVE(g) && inst[g] == RETIRED -> dropDown(i, r)
        :: else -> dnNet[X(i, g)] = dnNet[X(i, g)] | r
        fi
      }
    /* connect: the successor is announced; a lower one than known is refused */
    :: d_step { !qdead[i] && ORDERLY(g) && inst[g] != NONE && !(calledOff && g == 1) &&
                peer[X(i, g)] == UNKNOWN && !HIGHER_KNOWN(i, g) ->
        peer[X(i, g)] = EXPECTED
      }
    /* connect with fence */
    :: d_step { !qdead[i] && !away[i] && g > 0 && !ORDERLY(g) && inst[g] != NONE &&
                peer[X(i, g)] == UNKNOWN && !HIGHER_KNOWN(i, g) ->
        peer[X(i, g)] = EXPECTED;
#ifndef BUG_NO_FENCE
        for (h : 0 .. GENS - 1) {
            if
            :: h < g && peer[X(i, h)] != UNKNOWN ->
                if
                :: peer[X(i, h)] != CLOSED -> endDn[X(i, h)] = 1
                :: else
                fi;
                closePeer(i, h);
                endUpRecv[X(i, h)] = 1                  /* whether its END comes makes no difference any more */
            :: h < g && peer[X(i, h)] == UNKNOWN -> peer[X(i, h)] = CLOSED
            :: else
            fi
        }
        unfenced[i] = 0;
#endif
      }
    /* disconnect, withdraw of a called-off successor */
    :: d_step { !qdead[i] && calledOff && g == 1 && peer[X(i, 1)] == EXPECTED -> peer[X(i, 1)] = CLOSED }
    /* HELLO; a far end that restarted hears only an instance that still repeats it */
    :: d_step { !qdead[i] && activated[g] && peer[X(i, g)] == EXPECTED && !HIGHER_ACTIVE(i, g) && HELLO_COMES(i, g) ->
        flip(i, g)
      }
#ifdef BUG_HELLO_GIVES_UP
    :: d_step { EXPIRE && !qdead[i] && activated[g] && peer[X(i, g)] == EXPECTED && !gaveUp -> expired = 1; gaveUp = 1 }
#endif
    /* END of a side that yielded */
    :: d_step { !qdead[i] && activated[g] && inst[g] >= YIELDED && !endUpRecv[X(i, g)] &&
                peer[X(i, g)] != UNKNOWN && (!restarted[i] || ALIVE(g)) ->
        endUpRecv[X(i, g)] = 1;
#ifdef BUG_END_IS_SUPERSEDED
        assert(false);                                  /* the far end of a moving side falls silent: nobody moved it */
#endif
        settle(i)
      }
    /* 20 ms after END and the flip */
    :: d_step { !qdead[i] && peer[X(i, g)] == CLOSING && endUpRecv[X(i, g)] && !LOWER_CLOSING(i, g) &&
                (EXPIRE || !MISSING_UP(i, g)) ->
        if
        :: MISSING_UP(i, g) -> expired = 1
        :: else
        fi;
        closePeer(i, g);
        settle(i)
      }
    /* HOLD_EXPIRED, 100 ms after the flip; in time only if END cannot come any more */
    :: d_step { !qdead[i] && peer[X(i, g)] == CLOSING && !endUpRecv[X(i, g)] && !LOWER_CLOSING(i, g) &&
                (EXPIRE || (!ALIVE(g) || restarted[i]) && !MISSING_UP(i, g)) ->
        if
        :: MISSING_UP(i, g) || ALIVE(g) && !restarted[i] -> expired = 1
        :: else
        fi;
        closePeer(i, g);
        settle(i)
      }
    /* END, SUPERSEDED, is given up after 1 s */
    :: d_step { EXPIRE && endDn[X(i, g)] == 1 && !endDnRecv[X(i, g)] && ALIVE(g) -> endDn[X(i, g)] = 2; expired = 1 }
#if UP_BITS > 0
    FRAME_UP(0)
#endif
#if UP_BITS > 1
    FRAME_UP(1)
#endif
#if UP_BITS > 2
    FRAME_UP(2)
#endif
#if UP_BITS > 3
    FRAME_UP(3)
#endif
#if UP_BITS > 4
    FRAME_UP(4) FRAME_UP(5)
#endif
#if UP_BITS > 6
    FRAME_UP(6) FRAME_UP(7)
#endif
    od
}

#define DRAINED(i, g) (!MISSING_DN(i, g) && !MISSING_RL(i, g) && dnHold[X(i, g)] == 0)

/* The relay to side (i,g) cannot become complete any more, and nothing is on its way. */
#define NO_RELAY_END(i, g) ((dead[host[(g) - 1]] || (qdead[i] || restarted[i]) && DRAINED(i, (g) - 1) && (g == 1 || DRAINED(i, (g) - 2)) \
        || inst[(g) - 1] == RETIRED) && !MISSING_RL(i, g))

#define OWN_FRAMES(i, g) COUNT((upMade[i] >> ((g) * UPS)) & ((1 << UPS) - 1))

/* Side A of wire i at generation g. */
proctype Side(byte i, g) {
end:
    do
    /* END, SUPERSEDED: an ACTIVE side yields, and its component with it; a STANDBY one is never activated */
    :: d_step { ALIVE(g) && endDn[X(i, g)] == 1 && !endDnRecv[X(i, g)] && inst[g] != RETIRED ->
        endDnRecv[X(i, g)] = 1;
        if
        :: inst[g] == DECIDING -> inst[g] = YIELDED
        :: inst[g] == PREPARING || inst[g] == PREPARED -> retire(g)
        :: else
        fi
      }
    /* RELAYED_END: END has come, all frames up to it, and the own hold is open; or 20 ms later */
    :: d_step { ALIVE(g) && inst[g] == YIELDED && HAS_RELAY(g) && endDnRecv[X(i, g)] && !relayEnd[X(i, (g) + 1)] &&
                (EXPIRE || !MISSING_DN(i, g) && (!ORDERLY(g) || relayDone[X(i, g)])) ->
        if
        :: MISSING_DN(i, g) || ORDERLY(g) && !relayDone[X(i, g)] -> expired = 1
        :: else
        fi;
        relayEnd[X(i, (g) + 1)] = 1 + COUNT(rlSent[X(i, (g) + 1)])
      }
    :: d_step { EXPIRE && relayEnd[X(i, g)] != 99 && relayEnd[X(i, g)] != 0 && !relayEndRecv[X(i, g)] && ALIVE(g) ->
        relayEnd[X(i, g)] = 99; expired = 1
      }
    :: d_step { ALIVE(g) && relayEnd[X(i, g)] != 0 && relayEnd[X(i, g)] != 99 && !relayEndRecv[X(i, g)] && inst[g] != RETIRED ->
        relayEndRecv[X(i, g)] = 1;
        checkRelay(i, g)
      }
    /* 20 ms after RELAYED_END */
    :: d_step { ALIVE(g) && inst[g] != RETIRED && relayEndRecv[X(i, g)] && !relayDone[X(i, g)] &&
                (EXPIRE || !MISSING_RL(i, g)) ->
        if
        :: MISSING_RL(i, g) -> expired = 1
        :: else
        fi;
        openHold(i, g)
      }
    /* HOLD_EXPIRED, 100 ms after the first held direct frame */
    :: d_step { g > 0 && ALIVE(g) && ORDERLY(g) && !relayEndRecv[X(i, g)] && !relayDone[X(i, g)] && dnHold[X(i, g)] &&
                (EXPIRE || NO_RELAY_END(i, g)) ->
        if
        :: !NO_RELAY_END(i, g) -> expired = 1
        :: else
        fi;
        openHold(i, g)
      }
#if UPS
    /* a frame of its own */
    :: d_step { ALIVE(g) && inst[g] == DECIDING && g == newest && OWN_FRAMES(i, g) < UPS ->
        r = 1 << (g * UPS + OWN_FRAMES(i, g));
        sendUp(i, g, r)
      }
#endif
#if BITS > 0
    FRAME_DN(0)
#endif
#if BITS > 1
    FRAME_DN(1)
#endif
#if BITS > 2
    FRAME_DN(2)
#endif
#if BITS > 3
    FRAME_DN(3)
#endif
    od
}

/* 1 s after the yield, or all acknowledged: what port i still waits for cannot come. */
#define SETTLED(i, g) ((silent[i] || !MISSING_DN(i, g)) && dnHold[X(i, g)] == 0 && \
        (!ORDERLY(g) || !MISSING_RL(i, g) && (dead[host[(g) - 1]] || !MISSING_DN(i, (g) - 1) && !dnHold[X(i, (g) - 1)])) && \
        (qdead[i] || silent[i] || peer[X(i, g)] != ACTIVE && peer[X(i, g)] != EXPECTED && (endUpRecv[X(i, g)] || restarted[i])) && \
        (!HAS_RELAY(g) || !ALIVE((g) + 1) || qdead[i] || silent[i] || restarted[i] || relayEndRecv[X(i, (g) + 1)]))

#define AGREED(i, g) (qdead[i] || peer[X(i, g)] == EXPECTED)
#define FENCED(i, g) (qdead[i] || away[i] || peer[X(i, g)] == EXPECTED)
#if PORTS == 1
#define ALL_PORTS(p, g) p(0, g)
#elif PORTS == 2
#define ALL_PORTS(p, g) (p(0, g) && p(1, g))
#else
#define ALL_PORTS(p, g) (p(0, g) && p(1, g) && p(2, g))
#endif

/* The component at generation g. */
proctype Instance(byte g) {
end:
    do
    /* every leg and relay leg is agreed */
    :: d_step { ALIVE(g) && inst[g] == PREPARING && ORDERLY(g) && !(calledOff && g == 1) &&
 ALL_PORTS(AGREED, g) ->
        inst[g] = PREPARED
      }
#if SILENT
    /* every relay leg is agreed, and neither place has heard some far ends for seconds, whether they are dead or cut off */
    :: d_step { ALIVE(g) && inst[g] == PREPARING && ORDERLY(g) && !(calledOff && g == 1) && !(ALL_PORTS(AGREED, g)) ->
        for (m : 0 .. PORTS - 1) {
            if
            :: !AGREED(m, g) -> silent[m] = 1
            :: else
            fi
        }
        inst[g] = PREPARED
      }
#endif
    /* the old instance yields every port and hands off */
    :: d_step { g > 0 && ORDERLY(g) && ALIVE(g - 1) && inst[g - 1] == DECIDING && inst[g] == PREPARED && !handoff[g] &&
                !(calledOff && g == 1) ->
#ifndef BUG_NO_YIELD
        inst[g - 1] = YIELDED;
#endif
        handoff[g] = 1
      }
    /* handoff: the new one decides */
    :: d_step { ALIVE(g) && inst[g] == PREPARED && handoff[g] -> activate(g) }
    /* takeover: every far end that can be reached is fenced */
    :: d_step { ALIVE(g) && inst[g] == PREPARING && !ORDERLY(g) && ALL_PORTS(FENCED, g) ->
#ifdef REACH_TAKEOVER
        assert(false);
#endif
        activate(g)
      }
    /* the log says that a higher generation decides, or the claim is void */
    :: d_step { ALIVE(g) && inst[g] == DECIDING && holder > g -> inst[g] = YIELDED }
    :: d_step { ALIVE(g) && (inst[g] == PREPARING || inst[g] == PREPARED) && (holder > g || calledOff && g == 1) ->
        retire(g)
      }
    :: d_step { ALIVE(g) && inst[g] == YIELDED && holder > g &&
                (EXPIRE || TAKEN_OVER || ALL_PORTS(SETTLED, g)) ->
        if
        :: !ALL_PORTS(SETTLED, g) && !TAKEN_OVER -> expired = 1
        :: else
        fi;
        retire(g)
      }
    od
}

#define NEXT_CLAIM (claim < 1 + CHAIN -> 2 + CHAIN : claim + 1)
#define CURRENT (calledOff && claim == 1 -> 0 : claim)

/* The fabric's log: one register of claims, changed one at a time. */
proctype Log() {
end:
    do
    /* the move is complete */
    :: d_step { inst[CURRENT] == DECIDING && holder < CURRENT -> holder = CURRENT }
#if CHAIN
    /* and back again */
    :: d_step { claim == 1 && holder == 1 && ALIVE(0) && inst[2] == NONE -> claim = 2; host[2] = P1; inst[2] = PREPARING }
#endif
#if CALLOFF
    /* P1, asked, promises never to yield to generation 1; the claim is void */
    :: d_step { claim == 1 && ALIVE(0) && inst[0] == DECIDING && !handoff[1] && !calledOff -> calledOff = 1;
#ifdef REACH_CALLOFF
        assert(inst[1] != PREPARED);
#endif
      }
#endif
#ifdef BUG_CALLOFF_AT_NEW
    :: d_step { claim == 1 && ALIVE(1) && inst[1] == PREPARED && !calledOff -> calledOff = 1 }
#endif
#if GENS > 2
    /* takeover at P1, or at P2: the other is dead, or suspected */
    :: d_step { NEXT_CLAIM < GENS && !dead[P1] &&
                (host[CURRENT] == P2 || inst[CURRENT] < DECIDING && ORDERLY(CURRENT)) &&
                (dead[P2] || suspicions < SUSPICIONS) ->
        if
        :: dead[P2]
        :: else -> suspicions++
        fi;
        claim = NEXT_CLAIM; host[claim] = P1; inst[claim] = PREPARING
      }
    :: d_step { NEXT_CLAIM < GENS && !dead[P2] &&
                (host[CURRENT] == P1 || inst[CURRENT] < DECIDING && ORDERLY(CURRENT)) &&
                (dead[P1] || suspicions < SUSPICIONS) ->
        if
        :: dead[P1]
        :: else -> suspicions++
        fi;
        claim = NEXT_CLAIM; host[claim] = P2; inst[claim] = PREPARING
      }
#endif
#if UNREACHABLE
    :: d_step { unreachables < UNREACHABLE && claim > 1 && !away[0] -> unreachables++; away[0] = 1 }
    :: d_step { away[0] && activated[claim] -> away[0] = 0 }
#endif
    od
}

inline crashPlace(p) {
    crashes++;
    dead[p] = 1;
    for (m : 0 .. PORTS - 1) {
        for (h : 0 .. GENS - 1) {
            if
            :: host[h] == p && inst[h] != NONE ->
                dropped[m] = dropped[m] | MISSING_DN(m, h) | dnHold[X(m, h)] | MISSING_RL(m, h) | rlHold[X(m, h)];
                dnNet[X(m, h)] = 0;
                dnHold[X(m, h)] = 0;
                rlNet[X(m, h)] = 0;
                rlHold[X(m, h)] = 0
            :: else
            fi
        }
    }
    h = 0
}

inline endFarEnd(i) {
    for (h : 0 .. GENS - 1) {
        upDropped[i] = upDropped[i] | upNet[X(i, h)] & ~upSeen[X(i, h)] | upHold[X(i, h)];
        upNet[X(i, h)] = 0;
        upHold[X(i, h)] = 0
    }
    h = 0
}

/*
 * The journal has what connect and disconnect said, fences included, but not the flips; sessions are new, so what was in
 * flight is refused.
 */
inline restartFarEnd(i) {
    restarted[i] = 1;
    blocked = false;                                    /* a fence above */
    for (s : 1 .. GENS) {
        h = GENS - s;
        if
#ifdef BUG_FENCE_FORGOTTEN
        :: peer[X(i, h)] != UNKNOWN -> peer[X(i, h)] = EXPECTED
#else
        :: peer[X(i, h)] != UNKNOWN ->
            peer[X(i, h)] = (blocked || calledOff && h == 1 && peer[X(i, h)] == CLOSED -> CLOSED : EXPECTED);
            endUpRecv[X(i, h)] = blocked
#endif
        :: else
        fi;
        if
        :: peer[X(i, h)] != UNKNOWN && h > 0 && !ORDERLY(h) -> blocked = true
        :: else
        fi;
        dropped[i] = dropped[i] | MISSING_DN(i, h);
        dnNet[X(i, h)] = 0;
        upSent[X(i, h)] = upSeen[X(i, h)];
        if
        :: !endDnRecv[X(i, h)] -> endDn[X(i, h)] = 0
        :: else
        fi
    }
    blocked = false
}

/* At most CRASHES processes end, between any two steps of the others. */
proctype Crash() {
end:
    do
#if CRASHES
    :: d_step { crashes < CRASHES && !dead[P1] -> crashPlace(P1) }
    :: d_step { crashes < CRASHES && !dead[P2] -> crashPlace(P2) }
    :: d_step { crashes < CRASHES -> crashes++; qdead[0] = 1; endFarEnd(0) }
#if PORTS > 1
    :: d_step { crashes < CRASHES -> crashes++; qdead[PORTS - 1] = 1; endFarEnd(PORTS - 1) }
#endif
#if RESTART
    :: d_step { qdead[0] -> qdead[0] = 0; restartFarEnd(0) }
#endif
#endif
    :: false
    od
}

/*
 * Invariant 6, progress. Nothing is left to do: faults have stopped, every message has come or was given up. Since no step
 * is ever undone (README: no cycles), every run comes here.
 */
proctype Quiet() {
    byte g;
    timeout ->
    d_step {
#ifdef REACH_QUIET
        assert(!activated[1]);
#endif
        g = CURRENT;
        assert(inst[g] == DECIDING && ALIVE(g) && holder == g);
        for (n : 0 .. GENS - 1) {
            assert(n >= g || !ALIVE(n) || inst[n] == RETIRED || inst[n] == NONE)
        }
        for (m : 0 .. PORTS - 1) {
            if
            :: !qdead[m] ->
                assert(peer[X(m, g)] == ACTIVE);
                for (n : 0 .. GENS - 1) {
                    assert(n >= g || peer[X(m, n)] == CLOSED || peer[X(m, n)] == UNKNOWN);
                    assert(upHold[X(m, n)] == 0)
                }
            :: else
            fi;
            assert(dnHold[X(m, g)] == 0 && rlHold[X(m, g)] == 0);
            /* invariant 3: each frame sent was given, or is accounted for */
            if
            :: m < SOURCES -> assert((given[m] | dropped[m]) == (((1 << sentDn[m]) - 1) << FIRST(m)))
            :: else
            fi;
            assert((upGiven[m] | upDropped[m]) == upMade[m])
        }
        g = 0
    }
}

init {
    byte i, g;
    atomic {
        inst[0] = DECIDING;
        activated[0] = 1;
        host[0] = P1;
        inst[1] = PREPARING;
        host[1] = P2;
        for (i : 0 .. PORTS - 1) {
            peer[X(i, 0)] = ACTIVE
        }
        for (g : 0 .. GENS - 1) {
            for (i : 0 .. PORTS - 1) {
                run FarEnd(i, g);
                run Side(i, g)
            }
            run Instance(g)
        }
        run Log();
        run Crash();
#ifndef NO_QUIET
        run Quiet();
#endif
        i = 0;
        g = 0
    }
}
