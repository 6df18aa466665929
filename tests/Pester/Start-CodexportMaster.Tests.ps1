param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    Import-Module $ModulePath -Force
    $master = Join-Path $TestDrive 'master'
    New-Item -ItemType Directory -Force $master/.codex | Out-Null
    Set-Content $master/.codex/config.toml 'model = "gpt-5-codex"'
    Initialize-CodexportMaster -HomePath $master

    # The server answers on this port, or does not any more.
    function Test-Serving([int] $Port) {
        $client = [System.Net.Sockets.TcpClient]::new()
        try { $client.Connect('127.0.0.1', $Port); $true } catch { $false } finally { $client.Dispose() }
    }

    function Wait-Until([scriptblock] $Condition, [int] $Seconds = 30) {
        $deadline = [datetime]::UtcNow.AddSeconds($Seconds)
        while (-not (& $Condition)) {
            if ([datetime]::UtcNow -gt $deadline) { throw "Not within $Seconds s: $Condition" }
            Start-Sleep -Milliseconds 50
        }
    }
}

Describe 'Start-CodexportMaster' {
    It 'writes typed events and ends its child when the pipeline has enough' {
        $started = Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath $master | Select-Object -First 1
        $started.PSObject.TypeNames[0, 1] | Should -Be 'Codexport.PowerShell.Serving.MasterStartedEvent', 'Codexport.PowerShell.Serving.MasterEvent'
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
        $start = [System.Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
        '-NoProfile', '-NonInteractive', '-Command',
        "Import-Module '$ModulePath'; Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath '$master' | ForEach-Object { [Console]::WriteLine(`$_.Port) }" |
            ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardOutput = $true
        $session = [System.Diagnostics.Process]::Start($start)
        $port = [int] $session.StandardOutput.ReadLine()
        Test-Serving $port | Should -BeTrue
        $session.Kill()
        $session.WaitForExit()
        Wait-Until { -not (Test-Serving $port) }
    }

    It 'starts nothing with -WhatIf' {
        Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath $master -WhatIf | Should -BeNullOrEmpty
    }

    It 'passes the error of the program on' {
        $record = $null
        try { Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath (Join-Path $TestDrive 'none') } catch { $record = $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'NotMaster,*'
        $record.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
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
