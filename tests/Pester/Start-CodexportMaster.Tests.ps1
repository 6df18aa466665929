param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMasterHome (Join-Path $TestDrive 'master')

    # The server answers on this port, or does not any more.
    function Test-Serving([int] $Port) {
        $client = [System.Net.Sockets.TcpClient]::new()
        try { $client.Connect('127.0.0.1', $Port); $true } catch { $false } finally { $client.Dispose() }
    }

    # What a collection holds by now; its own enumerator would wait for more.
    function Get-Present($Collection) { for ($i = 0; $i -lt $Collection.Count; $i++) { $Collection[$i] } }

    # A session of its own that serves and says on which port.
    function Start-Session {
        $start = New-InterruptibleStart
        '-NoProfile', '-NonInteractive', '-Command',
        "Import-Module '$ModulePath'; Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath '$master' | ForEach-Object { [Console]::WriteLine(`$_.Port) }" |
            ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        [System.Diagnostics.Process]::Start($start)
    }
}

Describe 'Start-CodexportMaster' {
    It 'writes typed events and ends its child when the pipeline has enough' {
        $started = Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath $master | Select-Object -First 1
        $started | Should -BeOfType ([Codexport.PowerShell.Serving.MasterStartedEvent])
        $started.Event | Should -Be 'started'
        $started.Fingerprint | Should -Match '^[0-9a-f]{64}$'
        $started.Port | Should -BeGreaterThan 0
        Test-Serving $started.Port | Should -BeFalse
    }

    It 'gives the same field names as the program' {
        $start = [System.Diagnostics.ProcessStartInfo]::new($ProgramPath)
        'master', 'serve', '--host', '127.0.0.1', '--port', '0', '--json', '--stdin-lifeline', '--home', $master | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $program = [System.Diagnostics.Process]::Start($start)
        $names = ($program.StandardOutput.ReadLine() | ConvertFrom-Json).PSObject.Properties.Name
        $program.StandardInput.Close()
        $program.WaitForExit(20000) | Should -BeTrue
        $program.ExitCode | Should -Be 0
        $started = Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath $master | Select-Object -First 1
        ($started | ConvertTo-Json | ConvertFrom-Json).PSObject.Properties.Name | Sort-Object | Should -Be ($names | Sort-Object)
    }

    It 'ends its child when the pipeline is stopped, as Ctrl+C does' {
        $shell = [powershell]::Create()
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        try {
            [void] $shell.AddCommand('Import-Module').AddParameter('Name', $ModulePath).AddStatement().
                AddCommand('Start-CodexportMaster').AddParameter('HostName', '127.0.0.1').AddParameter('Port', 0).AddParameter('HomePath', $master)
            $nothing = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $nothing.Complete()
            [void] $shell.BeginInvoke($nothing, $output)
            Wait-Until { $output.Count -gt 0 }
            Test-Serving $output[0].Port | Should -BeTrue
            $shell.Stop()
            Test-Serving $output[0].Port | Should -BeFalse
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        } finally {
            $shell.Dispose()
        }
    }

    It 'leaves no child behind when the session is killed' {
        $session = Start-Session
        $port = [int] $session.StandardOutput.ReadLine()
        Test-Serving $port | Should -BeTrue
        $session.Kill()
        $session.WaitForExit()
        Wait-Until { -not (Test-Serving $port) }
    }

    It 'leaves no child behind at Ctrl+C' -Skip:$IsWindows {
        $session = Start-Session
        $port = [int] $session.StandardOutput.ReadLine()
        kill -INT $session.Id
        $session.WaitForExit(60000) | Should -BeTrue
        Wait-Until { -not (Test-Serving $port) }
    }

    It 'writes each event with the fields of the program''s line: <_>' -ForEach 'started', 'joined', 'synced', 'applied', 'refused', 'published', 'revoked', 'left' {
        # One server for all of them; the debug stream holds the program's lines.
        if (-not $script:pairs) {
            $script:pairs = @{}
            $lines = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $shell = [powershell]::Create()
            try {
                [void] $shell.AddCommand('Import-Module').AddParameter('Name', $ModulePath).AddStatement().AddCommand('Start-CodexportMaster').
                    AddParameter('HostName', '127.0.0.1').AddParameter('Port', 0).AddParameter('HomePath', $master).AddParameter('Debug', $true)
                $nothing = [System.Management.Automation.PSDataCollection[psobject]]::new()
                $nothing.Complete()
                [void] $shell.BeginInvoke($nothing, $lines)
                Wait-Until { $lines.Count -gt 0 }
                $link = (New-CodexportJoinLink 127.0.0.1 -Port $lines[0].Port -HomePath $master).JoinLink
                $one, $two = 'one', 'two' | ForEach-Object { (New-Item -ItemType Directory (Join-Path $TestDrive $_)).FullName }
                Join-CodexportFollower $link -HomePath $one | Out-Null
                Join-CodexportFollower $link -HomePath $two | Out-Null
                Get-ErrorOf { Join-CodexportFollower ($link -replace 'invite=[^&]+', "invite=$('A' * 43)") -HomePath (New-Item -ItemType Directory (Join-Path $TestDrive 'three')).FullName } | Out-Null
                Set-Content $master/.codex/AGENTS.md 'of the team'
                Wait-Until { (Get-Present $lines).Event -contains 'published' }
                Wait-Until { try { (Sync-CodexportFollower -HomePath $one).FilesWritten -gt 0 } catch { $false } }
                Wait-Until { Sync-CodexportFollower -HomePath $one | Out-Null; (Get-Present $lines).Event -contains 'applied' }
                Remove-CodexportFollower -HomePath $one -Confirm:$false
                Get-CodexportFollower -HomePath $master | Revoke-CodexportFollower -HomePath $master -Confirm:$false
                Wait-Until { (Get-Present $lines).Event -contains 'left' -and (Get-Present $lines).Event -contains 'revoked' }
                $shell.Stop()
                $printed = (Get-Present $shell.Streams.Debug).Message | ForEach-Object { try { $_ | ConvertFrom-Json -DateKind String } catch { Write-Verbose $_ } }
                foreach ($happening in Get-Present $lines) {
                    $script:pairs[$happening.Event] = @{ Written = $happening; Printed = $printed | Where-Object event -EQ $happening.Event | Select-Object -First 1 }
                }
            } finally {
                $shell.Dispose()
            }
        }
        $pairs[$_] | Should -Not -BeNullOrEmpty
        Assert-SameField $pairs[$_].Written $pairs[$_].Printed
        $pairs[$_].Written.PSObject.TypeNames | Should -Contain 'Codexport.PowerShell.Serving.MasterEvent'
        Get-TableColumn $pairs[$_].Written | Should -Be 'Time', 'Event', 'Name', 'Detail'
        @(Get-ListLabel $pairs[$_].Written).Count | Should -Be @($pairs[$_].Written.PSObject.Properties).Count
    }

    It 'serves as a job, whose events can be received and which can be stopped' {
        $job = Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath $master -AsJob
        try {
            $job | Should -BeOfType [System.Management.Automation.Job]
            (Get-Job -Id $job.Id).State | Should -Be 'Running'
            Wait-Until { $job.HasMoreData }
            $started = Receive-Job $job
            $started.Event | Should -Be 'started'
            Test-Serving $started.Port | Should -BeTrue
            Stop-Job $job
            $job.State | Should -Be 'Stopped'
            Test-Serving $started.Port | Should -BeFalse
        } finally {
            Remove-Job $job -Force
        }
    }

    It 'fails as a job with the program''s error' {
        $none = Join-Path $TestDrive 'no master'
        $job = Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath $none -AsJob
        try {
            Wait-Job $job -Timeout 60 | Should -Not -BeNullOrEmpty
            $job.State | Should -Be 'Failed'
            Receive-Job $job -ErrorVariable failures -ErrorAction SilentlyContinue
            $failures.FullyQualifiedErrorId | Should -BeLike 'NotMaster*'
        } finally {
            Remove-Job $job -Force
        }
    }

    It 'names a port that is taken' {
        $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $listener.Start()
        try {
            $record = Get-ErrorOf { Start-CodexportMaster 127.0.0.1 -Port $listener.LocalEndpoint.Port -HomePath $master }
            Assert-Error $record 'Start-CodexportMaster' 'ListenFailed' 'ResourceUnavailable' $record.TargetObject
        } finally {
            $listener.Stop()
        }
    }

    It 'refuses a port that there is not' {
        (Get-ErrorOf { Start-CodexportMaster -Port 65536 -HomePath $master }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
    }

    It 'starts and changes nothing with -WhatIf' {
        $before = Get-Snapshot $TestDrive
        Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath $master -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'passes the error of the program on' {
        $none = Join-Path $TestDrive 'none'
        $record = Get-ErrorOf { Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath $none }
        Assert-Error $record 'Start-CodexportMaster' 'NotMaster' 'InvalidOperation' (Join-Path $none '.codexport')
    }

    It 'says what to install when there is no ASP.NET Core' {
        $dotnet = (Get-Item (Get-Command dotnet).Source).ResolveLinkTarget($true) ?? (Get-Item (Get-Command dotnet).Source)
        $root = New-Item -ItemType Directory (Join-Path $TestDrive 'runtime')
        Copy-Item $dotnet $root
        New-Item -ItemType Directory "$root/shared" | Out-Null
        $kind = $IsWindows ? 'Junction' : 'SymbolicLink'
        New-Item -ItemType $kind "$root/host" -Target "$($dotnet.Directory)/host" | Out-Null
        New-Item -ItemType $kind "$root/shared/Microsoft.NETCore.App" -Target "$($dotnet.Directory)/shared/Microsoft.NETCore.App" | Out-Null
        $saved = $env:DOTNET_ROOT
        $record = $null
        try {
            $env:DOTNET_ROOT = $root
            Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath $master
        } catch { $record = $_ } finally { $env:DOTNET_ROOT = $saved }
        $record.FullyQualifiedErrorId | Should -BeLike 'RuntimeMissing,*'
        $record.CategoryInfo.Category | Should -Be 'ResourceUnavailable'
        $record.ErrorDetails.RecommendedAction | Should -BeLike '*aspnetcore-runtime-10.0*'
    }

    It 'says what to install when there is no .NET at all' {
        $saved = $env:DOTNET_ROOT
        $record = $null
        try {
            $env:DOTNET_ROOT = Join-Path $TestDrive 'nothing'
            Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath $master
        } catch { $record = $_ } finally { $env:DOTNET_ROOT = $saved }
        $record.FullyQualifiedErrorId | Should -BeLike 'RuntimeMissing,*'
    }
}
