# Samples as `perf script -F comm,pid,tid,ip,sym` prints them, leaf first, counted by whose time it was and what for. Prints JSON.
# Of each sample the first that fits counts: idle; sealing; copying; the scheduler (waking and waiting); the kernel in a system call, by
# its name; interrupts (what the network stack does after them); a process's own code.
function flush(   what, i, all) {
  if (who == "") return
  if (who == "swapper" && idle) what = "idle"
  else if (leaf ~ /aes|AES|ghash|GHASH|galois|Galois|gcm|GCM|chacha|poly1305|salsa|umac|sha256|CipherCrypt|crypt/) what = "sealing"
  else if (leaf ~ /copy|memmove|memcpy|rep_movs|clear_user|csum_partial/) what = "copying"
  else if (sched) what = "waking and waiting"
  else if (call != "") what = "kernel: " call
  else if (kernel) what = "kernel: interrupts"
  else what = "own code"
  count[who "\t" what]++; total++; who = ""
}
/^[^ \t].*[0-9]/ && NF >= 2 && $0 !~ /^\t/ {
  flush(); who = $0; sub(/ +[0-9]+\/[0-9]+ *$/, "", who)
  pid = $NF; sub(/\/.*/, "", pid)
  if (pid in role) who = role[pid]; else if (who ~ /^wire-|^C[12] Comp|^java|^G1|^VM /) who = "java"
  leaf = ""; call = ""; kernel = 0; idle = 0; sched = 0; next
}
NF >= 2 {
  symbol = $2
  if (leaf == "") { leaf = symbol; kernel = $1 ~ /^ffffffff/ }
  if (symbol ~ /^(do_idle|cpu_startup_entry|default_idle)/) idle = 1
  if (symbol ~ /^(schedule|__schedule|try_to_wake_up|__wake_up|ep_poll|ep_poll_callback|schedule_timeout|do_futex|sock_def_readable|autoremove_wake)/) sched = 1
  if (symbol ~ /^__x64_sys_/) call = substr(symbol, 11)
  next
}
NF == 0 { flush() }
BEGIN { n = split(roles, parts, ","); while (parts[n] == "" && n > 0) n--; for (i = 1; i <= n; i++) { split(parts[i], pair, "="); role[pair[1]] = pair[2] } }
END {
  flush(); printf "["; first = 1
  for (key in count) {
    split(key, part, "\t")
    printf "%s{\"who\": \"%s\", \"what\": \"%s\", \"percent\": %.1f}", first ? "" : ", ", part[1], part[2], 100 * count[key] / total; first = 0
  }
  print "]"
}
