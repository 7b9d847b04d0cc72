#!/usr/bin/env bash
# A Slurm cluster of one node on this machine, for tests: slurm_cluster.sh start DIR | stop DIR.
# Own folder, own ports, own munge key and socket; needs slurm-wlm and munge. Prints what to put into SLURM_CONF.
set -euo pipefail
[ $# = 2 ] || { echo "usage: $0 start|stop DIR"; exit 2; }
folder=$(realpath -m "$2")

start() {
  for program in munged slurmctld slurmd sbatch; do
    command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || {
      echo "$program is missing; install it with: apt-get install -y slurm-wlm munge"; exit 3; }
  done
  mkdir -p "$folder"/{state,spool,munge} && chmod 755 "$folder" && chmod 700 "$folder/munge"
  dd if=/dev/urandom of="$folder/munge/key" bs=1024 count=1 status=none && chmod 400 "$folder/munge/key"
  local name base
  name=$(hostname -s)
  base=$((20000 + $$ % 10000 * 2))
  cat >"$folder/slurm.conf" <<EOF
ClusterName=test
SlurmctldHost=$name(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
SlurmctldPort=$base
SlurmdPort=$((base + 1))
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CryptoType=crypto/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=0
MinJobAge=300
SlurmdTimeout=300
ReturnToService=2
MpiDefault=none
NodeName=$name NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$name Default=YES MaxTime=INFINITE State=UP
EOF
  munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munge/pid" \
    --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" --num-threads=2
  export SLURM_CONF="$folder/slurm.conf"
  slurmctld -f "$folder/slurm.conf" >/dev/null 2>&1
  slurmd -f "$folder/slurm.conf" >/dev/null 2>&1
  for _ in $(seq 100); do
    sinfo --noheader -o %T 2>/dev/null | grep -q idle && { echo "$folder/slurm.conf"; return; }
    sleep 0.3
  done
  echo "the node did not become idle; see $folder/*.log"
  tail -n 5 "$folder"/*.log
  exit 3
}

stop() {
  for pid in "$folder"/slurmd.pid "$folder"/slurmctld.pid "$folder"/munge/pid; do
    [ -f "$pid" ] && kill "$(cat "$pid")" 2>/dev/null || true
  done
}

"$1"
