param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = (New-Item -ItemType Directory (Join-Path $TestDrive 'follower')).FullName
    $join = @{ Link = $master.Link; HomePath = $follower }
    $joining = Join-CodexportFollower @join -Verbose -Debug -WarningAction Ignore *>&1
    $verbose = $joining | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | ForEach-Object Message
    $debug = $joining | Where-Object { $_ -is [System.Management.Automation.DebugRecord] } | ForEach-Object Message

    # A master that takes every connection and never says a word.
    $silent = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
    $silent.Start()
    $silentPort = $silent.LocalEndpoint.Port

    # A follower that asks the silent master and would wait for an hour.
    function New-PatientFollower([string] $Name) {
        $patient = New-TestFollower $master (Join-Path $TestDrive $Name)
        (Get-Content -Raw $patient/.codexport/local.toml) -replace '(?m)^masterUrl *=.*$', "masterUrl = `"https://127.0.0.1:$silentPort`"" | Set-Content $patient/.codexport/local.toml
        Add-Content $patient/.codexport/local.toml "`n[timeouts]`nconnect = 3600`nidle = 3600"
        $patient
    }

    # The connection of whoever asks next.
    function Get-Caller {
        Wait-Until { $silent.Pending() }
        $silent.AcceptTcpClient()
    }
}

AfterAll {
    $silent.Stop()
    Stop-TestMaster $master.Server
}

Describe 'the verbose stream' {
    It 'tells of each change and its reason' {
        $verbose | Should -Contain 'Add skills/one/SKILL.md (Canonical)'
    }

    It 'tells of each file that is published' {
        $other = New-TestMasterHome (Join-Path $TestDrive 'other')
        Set-Content $other/.codex/AGENTS.md 'of the team'
        $lines = Update-CodexportBundle -HomePath $other -Verbose 4>&1
        $lines.Message | Should -Contain 'Add AGENTS.md'
    }

    It 'is empty unless it is asked for' {
        Sync-CodexportFollower -HomePath $follower 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | Should -BeNullOrEmpty
    }
}

Describe 'the debug stream' {
    It 'names the home, and each answer of the master' {
        $debug | Should -Contain "Codex home '$(Join-Path $follower '.codex')', state in '$(Join-Path $follower '.codexport')'."
        $debug | Should -Contain "127.0.0.1:$($master.Server.Port) answered 201 to POST /v1/followers."
        $debug | Should -Contain "127.0.0.1:$($master.Server.Port) answered 200 to GET /v1/head."
    }

    It 'holds no secret, nor does the verbose one' {
        $invite = $master.Link -replace '.*invite=([^&]+).*', '$1'
        $credential = [regex]::Match((Get-ChildItem -Recurse -File -Force $follower/.codexport/state | Get-Content -Raw | Out-String), '"credential"\s*:\s*"([^"]+)"').Groups[1].Value
        $credential | Should -Not -BeNullOrEmpty
        foreach ($secret in $invite, $credential) { $verbose + $debug | Where-Object { $_.Contains($secret) } | Should -BeNullOrEmpty }
    }
}

Describe 'progress' {
    BeforeAll {
        class StandingTime : System.TimeProvider {
            [long] $Milliseconds
            [long] GetTimestamp() { return $this.Milliseconds * [System.Diagnostics.Stopwatch]::Frequency / 1000 }
        }
        $assembly = [System.AppDomain]::CurrentDomain.GetAssemblies().Where{ $_.GetName().Name -eq 'Codexport.PowerShell' }[-1]
        $type = $assembly.GetType('Codexport.PowerShell.ProgressDisplay')
        $update = $type.GetMethod('Show').GetParameters()[0].ParameterType

        function New-Display($Time, $Records) {
            [System.Action[System.Management.Automation.ProgressRecord]] $write = { param($record) $Records.Add("$($record.RecordType) $($record.PercentComplete) $($record.StatusDescription)") }.GetNewClosure()
            $type.GetConstructors()[0].Invoke(@($Time, $write))
        }
        function Show($Display, [int] $Done) { $type.GetMethod('Show').Invoke($Display, @($update::new('Reading', $Done, 4, 'files'))) }
        function Complete($Display) { $type.GetMethod('Complete').Invoke($Display, @()) }
        $time = [StandingTime]::new()
    }

    It 'is shown while work lasts, and closed behind it' {
        $records = [System.Collections.Generic.List[string]]::new()
        $display = New-Display $time $records
        Show $display 1
        $time.Milliseconds += 500
        Show $display 2
        Show $display 8
        Complete $display
        $records | Should -Be 'Processing 50 Reading: 2/4 files', 'Processing 100 Reading: 8/4 files', 'Completed 100 Reading: 8/4 files'
    }

    It 'does not come and go for short work' {
        $records = [System.Collections.Generic.List[string]]::new()
        $display = New-Display $time $records
        Show $display 1
        $time.Milliseconds += 300
        Show $display 4
        Complete $display
        $records | Should -BeNullOrEmpty
    }

    It 'reaches the stream of the cmdlet, if there is any, in order and closed' {
        $big = New-TestHome (Join-Path $TestDrive 'big')
        1..2000 | ForEach-Object { [System.IO.File]::WriteAllText("$big/.codex/skills/one/file$_.md", "number $_") }
        $shell = [powershell]::Create()
        try {
            [void] $shell.AddCommand('Import-Module').AddParameter('Name', $ModulePath).AddStatement().
                AddCommand('Initialize-CodexportMaster').AddParameter('HomePath', $big)
            [void] $shell.Invoke()
            $shell.Streams.Error | Should -BeNullOrEmpty
            $own = @($shell.Streams.Progress | Where-Object Activity -EQ 'Codexport')
            $own | Where-Object PercentComplete -GT 100 | Should -BeNullOrEmpty
            if ($own) { $own[-1].RecordType | Should -Be 'Completed' }
        } finally {
            $shell.Dispose()
        }
    }
}

Describe 'stopping while the master keeps silent' {
    It 'ends <Name> and leaves nothing behind' -ForEach @(
        @{ Name = 'Sync-CodexportFollower'; With = @{} }
        @{ Name = 'Join-CodexportFollower'; With = @{ Link = '' } }
        @{ Name = 'Remove-CodexportFollower'; With = @{ Confirm = $false } }
    ) {
        $patient = New-PatientFollower "patient $Name"
        if ($With.ContainsKey('Link')) { $With.Link = $master.Link -replace 'port=\d+', "port=$silentPort" }
        $before = Get-Snapshot $patient/.codex
        $shell = [powershell]::Create()
        try {
            [void] $shell.AddCommand('Import-Module').AddParameter('Name', $ModulePath).AddStatement().
                AddCommand($Name).AddParameters($With).AddParameter('HomePath', $patient)
            $running = $shell.BeginInvoke()
            $caller = Get-Caller
            # The master would keep silent for an hour.
            $shell.Stop()
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
            $running.IsCompleted | Should -BeTrue
            # PowerShell's own word, which every stopped cmdlet leaves there.
            $shell.Streams.Error | Where-Object { "$_" -ne [System.Management.Automation.PipelineStoppedException]::new().Message } | Should -BeNullOrEmpty
            $caller.Dispose()
        } finally {
            $shell.Dispose()
        }
        Get-Snapshot $patient/.codex | Should -Be $before
        Get-ChildItem -Recurse -Force $patient -Name | Where-Object { $_ -match '\.tmp|~$|journal' } | Should -BeNullOrEmpty

        # Nothing holds the lock: another one gets as far.
        (Get-Content -Raw $patient/.codexport/local.toml) -replace '127\.0\.0\.1:\d+', "127.0.0.1:$($master.Server.Port)" | Set-Content $patient/.codexport/local.toml
        (Sync-CodexportFollower -HomePath $patient -WarningAction Ignore).Status | Should -BeIn 'current', 'applied'
    }

    It 'ends a session at Ctrl+C' -Skip:$IsWindows {
        $patient = New-PatientFollower 'interrupted'
        $start = New-InterruptibleStart
        '-NoProfile', '-NonInteractive', '-Command', "Import-Module '$ModulePath'; Sync-CodexportFollower -HomePath '$patient'; 'went on'" | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $session = [System.Diagnostics.Process]::Start($start)
        try {
            $caller = Get-Caller
            kill -INT $session.Id
            $session.WaitForExit(60000) | Should -BeTrue
            $session.StandardOutput.ReadToEnd() | Should -Not -BeLike '*went on*'
            $caller.Dispose()
        } finally {
            if (-not $session.HasExited) { $session.Kill() }
        }
        Get-ChildItem -Recurse -Force $patient -Name | Where-Object { $_ -match '\.tmp|~$|journal' } | Should -BeNullOrEmpty
    }
}
