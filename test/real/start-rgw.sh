#!/usr/bin/env bash
# A RADOS Gateway on 127.0.0.1 with one monitor and one store in memory, no systemd: start-rgw.sh <folder> <port>
set -euo pipefail
dir=$1
port=$2
mkdir -p "$dir"/{mon,osd,run,log}
export CEPH_CONF="$dir/ceph.conf"
fsid=$(cat /proc/sys/kernel/random/uuid)
monitor="[v2:127.0.0.1:13300,v1:127.0.0.1:16789]"
cat > "$CEPH_CONF" <<CONF
[global]
fsid = $fsid
mon host = $monitor
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pgp_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
mon_data_avail_crit = 1
mon_data_avail_warn = 2
osd_objectstore = memstore
memstore_device_bytes = 1073741824
osd_memory_target = 939524096
osd_max_object_name_len = 256
osd_max_object_namespace_len = 64
run_dir = $dir/run
admin_socket = $dir/run/\$name.asok
pid_file = $dir/run/\$name.pid
log_file = $dir/log/\$name.log
crash_dir = $dir
mon_data = $dir/mon
osd_data = $dir/osd
rgw_data = $dir/rgw
keyring = $dir/keyring
auth_allow_insecure_global_id_reclaim = true
mon_warn_on_insecure_global_id_reclaim_allowed = false
CONF
ceph-authtool --create-keyring "$dir/keyring" --gen-key -n mon. --cap mon 'allow *'
ceph-authtool "$dir/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' --cap mds 'allow *'
monmaptool --create --clobber --addv a "$monitor" --fsid "$fsid" "$dir/monmap"
ceph-mon --mkfs -i a --monmap "$dir/monmap" --keyring "$dir/keyring"
ceph-mon -i a
osd=$(cat /proc/sys/kernel/random/uuid)
timeout 30 ceph osd new "$osd" 0
timeout 30 ceph auth get-or-create osd.0 mon 'allow profile osd' osd 'allow *' -o "$dir/osd.key"
cat "$dir/osd.key" >> "$dir/keyring"
ceph-osd -i 0 --mkfs --osd-uuid "$osd" --keyring "$dir/keyring" 2>/dev/null
ceph-osd -i 0 --keyring "$dir/keyring" 2>/dev/null
radosgw -n client.admin --keyring "$dir/keyring" --rgw-frontends="beast endpoint=127.0.0.1:$port"
timeout 60 radosgw-admin user create --uid=test --display-name=test --access-key=RGWTESTKEY --secret-key=rgwtestsecret
