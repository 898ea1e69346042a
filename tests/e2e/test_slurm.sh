#!/bin/bash
# Slurm: Debian's slurmctld, slurmd and munged are started here, for this test alone; an array of 4 over one shared folder
# publishes byte for byte what one process does.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need munged slurmctld slurmd sbatch squeue scontrol
[ "$(id -u)" = 0 ] || skip "slurmd wants root"

pids=()
stop_all() {
    local pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do
        for _ in $(seq 50); do [ -d "/proc/$pid" ] || break; sleep 0.1; done
        [ ! -d "/proc/$pid" ] || kill -9 "$pid" 2>/dev/null || true
    done
    chmod -R u+rwX "$WORK"
    rm -rf "$WORK"
}
trap stop_all EXIT

# until_well SECONDS COMMAND…
until_well() {
    local tries=$(($1 * 5))
    shift
    for _ in $(seq "$tries"); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.2
    done
    return 1
}
free_port() { "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

cluster=$WORK/cluster
mkdir -p "$cluster/state" "$cluster/spool"
chmod 755 "$WORK" "$cluster"
(umask 077 && head -c 1024 /dev/urandom >"$cluster/munge.key")
munged --foreground --force --key-file="$cluster/munge.key" --socket="$cluster/munge.socket" \
    --pid-file="$cluster/munged.pid" --log-file="$cluster/munged.log" --seed-file="$cluster/munge.seed" \
    >"$cluster/munged.out" 2>&1 &
pids+=($!)
until_well 10 test -S "$cluster/munge.socket" || skip "munged does not start here: $(tail -1 "$cluster/munged.out")"

node=$(hostname -s)
export SLURM_CONF=$cluster/slurm.conf
cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
AuthType=auth/munge
AuthInfo=socket=$cluster/munge.socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000
NodeName=$node NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=5 State=UP
END
slurmctld -D -i >"$cluster/slurmctld.out" 2>&1 &
pids+=($!)
until_well 30 scontrol ping || skip "slurmctld does not start here: $(tail -1 "$cluster/slurmctld.out")"
slurmd -D -N "$node" >"$cluster/slurmd.out" 2>&1 &
pids+=($!)
is_idle() { scontrol show node "$node" | holds -E 'State=IDLE( |$)'; }
until_well 30 is_idle || skip "slurmd does not start here: $(tail -1 "$cluster/slurmd.out")"

make_key "$WORK/key"
"$BUILD/bench-corpora" "$WORK/in" small 800 # 8 studies
run 0 run -q -i "$WORK/in" -o "$WORK/one" --key-file "$WORK/key" --set anonymise.project=slurm

# As in docs/clusters.md.
cat >"$WORK/array.sh" <<END
#!/bin/bash
#SBATCH --array=1-4
#SBATCH --output=$WORK/array-%a.log
exec "$BUILD/dcmchain" run -q -j 1 -i "$WORK/in" -o "$WORK/many" --key-file "$WORK/key" --set anonymise.project=slurm \\
    --shard "\$SLURM_ARRAY_TASK_ID/\$SLURM_ARRAY_TASK_COUNT" --report "$WORK/report-\$SLURM_ARRAY_TASK_ID.json"
END
job=$(sbatch --parsable "$WORK/array.sh") || fail "sbatch"
is_done() { [ -z "$(squeue -h -j "$job" 2>/dev/null)" ]; }
until_well 120 is_done || fail "the array does not end: $(squeue -j "$job")"
for task in 1 2 3 4; do
    [ -s "$WORK/report-$task.json" ] || fail "task $task: $(cat "$WORK/array-$task.log" 2>/dev/null)"
    equal 0 "$(jq .exit_code "$WORK/report-$task.json")" "task $task"
done
diff -r "$WORK/one" "$WORK/many" >&2 || fail "the array publishes something else"
equal "$(digest "$WORK/one")" "$(digest "$WORK/many")" "the array"
say "a Slurm array of 4 publishes byte for byte what one process does ($(count "$WORK/many" '*') files)"
