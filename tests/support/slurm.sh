# A throw-away Slurm cluster of this machine alone: munged, slurmctld and slurmd on loopback, with a key, ports and folders
# of their own below $work. Sourced by tests. Nothing of it outlives the test, not even where the test is killed.

# slurm_start: starts the cluster, and sets SLURM_CONF for all that follows; false, with a word, where it cannot be.
slurm_start() {
    local tool folder=$work/slurm host user port
    for tool in munged slurmctld slurmd sbatch squeue; do
        command -v $tool >/dev/null || { echo "not tried: $tool is not installed (apt-get install slurm-wlm)"; return 1; }
    done
    host=$(hostname -s) user=$(id -un)
    port=$((20000 + $$ % 20000))
    mkdir -p "$folder/state" "$folder/spool" "$folder/munge" && chmod 711 "$work" # munged asks for it
    head -c 1024 /dev/urandom >"$folder/munge.key" && chmod 600 "$folder/munge.key"
    slurm_watch
    cat >"$folder/slurm.conf" <<EOF2
ClusterName=throwaway
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=2
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF2
    export SLURM_CONF=$folder/slurm.conf
    munged --key-file="$folder/munge.key" --socket="$folder/munge/socket" --pid-file="$folder/munged.pid" \
        --log-file="$folder/munged.log" --seed-file="$folder/munge.seed" --num-threads=1 2>"$folder/start" 8>&- &&
        slurmctld 2>>"$folder/start" 8>&- && slurmd 2>>"$folder/start" 8>&- && slurm_wait 30 slurm_idle && return
    echo "not tried: Slurm does not start here: $(tail -qn 2 "$folder"/start "$folder"/*.log | tr '\n' ' ' | head -c 600)"
    return 1
}

slurm_idle() { [ "$(sinfo --noheader --format=%T 2>/dev/null)" = idle ]; }

# slurm_wait SECONDS COMMAND…: until the command succeeds; false if it does not in that time.
slurm_wait() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.2
    done
}

# slurm_watch: a process of its own session that ends the cluster and all its jobs when this shell ends, however it ends:
# descriptor 8 of the shell is then closed. It knows them by the folder's name in their environment or command line, and
# reads that name from descriptor 8, to have it in neither.
slurm_watch() {
    # shellcheck disable=SC2016 # it expands there
    exec 8> >(cd / && exec env -i PATH="$PATH" setsid bash -c '
        trap "" INT TERM HUP
        read -r folder
        cat >/dev/null
        for i in 1 2 3 4 5 6 7 8 9 10; do
            pids=$(grep -lzF -- "$folder" /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3 | sort -u)
            running=0
            for pid in $pids; do kill -9 "$pid" 2>/dev/null && running=1; done
            [ $running = 1 ] || break
            sleep 0.2
        done
        rm -rf "$folder"' >/dev/null 2>&1)
    echo "$work" >&8
    trap 'cd /; unset XDG_CACHE_HOME SLURM_CONF OLDPWD; exec 8>&-; slurm_wait 20 test ! -e "$work"' EXIT
}
