param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMasterHome (Join-Path $TestDrive 'service master')
    $follower = Join-Path $TestDrive 'service follower'
    New-Item -ItemType Directory $follower | Out-Null
    $server = Start-TestMaster $ProgramPath $master
    Join-CodexportFollower (New-CodexportJoinLink 127.0.0.1 -Port $server.Port -HomePath $master).JoinLink -HomePath $follower | Out-Null
    Stop-TestMaster $server

    function Get-ErrorRecord([scriptblock] $Block) {
        try { & $Block } catch { $_ }
    }
}

Describe 'Install-CodexportService -WhatIf' {
    It 'writes nothing, and gives the plan with -PassThru' {
        $before = Get-Snapshot $TestDrive
        Install-CodexportService -HomePath $master -WhatIf -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        $plan = Install-CodexportService 127.0.0.1 -Port 18000 -Allow 10.0.0.0/8 -HomePath $master -WhatIf -PassThru -WarningAction SilentlyContinue
        Get-Snapshot $TestDrive | Should -Be $before
        $plan.PSObject.TypeNames | Should -Contain 'Codexport.Engine.Results.ServiceChangeResult'
        $plan.Changed -and $plan.DryRun | Should -BeTrue
        $plan.Installed | Should -BeFalse
        $plan.Commands | Should -Not -BeNullOrEmpty
        $definition = $plan.Files | Where-Object Action -EQ Write | Select-Object -First 1
        $definition.Content | Should -Match '--host 127\.0\.0\.1 --port 18000 --allow 10\.0\.0\.0/8 --home'
        $definition.Content | Should -BeLike '*service master*'
    }

    It 'runs a copy of the module''s program by an absolute dotnet' {
        $plan = Install-CodexportService -HomePath $master -WhatIf -PassThru -WarningAction SilentlyContinue
        $copy = $plan.Files | Where-Object Action -EQ Copy
        $portable = Join-Path (Get-Module Codexport).ModuleBase 'host'
        $forThisPlatform = (Get-ChildItem -Directory $portable).FullName
        $copy.Content | Should -Be ($forThisPlatform ? $forThisPlatform : $portable)
        $copy.Path | Should -BeLike (Join-Path $master '.codexport' 'service' 'program' '*')
        $plan.Command | Should -BeLike "*$(Split-Path -Leaf $copy.Path)*codexport.dll*master serve*"
        [System.IO.Path]::IsPathFullyQualified(($plan.Command -replace "^'" -split ' ')[0]) | Should -BeTrue
    }

    It 'tells what it would do' {
        $said = pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Install-CodexportService -HomePath '$master' -WhatIf" | Out-String
        $said | Should -BeLike "What if: Install the master's service*"
        $said | Should -BeLike '*codexport-master*'
        $said | Should -BeLike '*run   *'
    }
}

Describe 'the timer' {
    It 'takes <Given>' -ForEach @(
        @{ Given = '90s'; Seconds = 90 }
        @{ Given = '1h'; Seconds = 3600 }
        @{ Given = [timespan]::FromMinutes(20); Seconds = 1200 }
        @{ Given = '00:30:00'; Seconds = 1800 }
    ) {
        $plan = Install-CodexportTimer $Given -HomePath $follower -WhatIf -PassThru -WarningAction SilentlyContinue
        ([timespan] $plan.Every).TotalSeconds | Should -Be $Seconds
        $plan.Command | Should -BeLike '*Sync-CodexportFollower -Quick -HomePath*service follower*'
    }

    It 'refuses <_>' -ForEach '30s', '2d', 'soon', 15 {
        (Get-ErrorRecord { Install-CodexportTimer $_ -HomePath $follower -WhatIf }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
    }

    It 'runs as it is written, in silence, and from the newest version of the module' {
        $plan = Install-CodexportTimer -HomePath $follower -WhatIf -PassThru -WarningAction SilentlyContinue
        $plan.Files.Action | Should -Not -Contain 'Copy'
        $plan.Command | Should -Not -Match ([regex]::Escape((Get-Module Codexport).ModuleBase))
        $output = if ($IsWindows) { cmd /c $plan.Command } else { sh -c $plan.Command }
        $LASTEXITCODE | Should -Be 0
        $output | Should -BeNullOrEmpty
    }

    It 'is every 15 minutes without being told' {
        (Install-CodexportTimer -HomePath $follower -WhatIf -PassThru -WarningAction SilentlyContinue).Every | Should -Be ([timespan]::FromMinutes(15))
    }
}

Describe 'errors' {
    It 'name a home that has not the role' {
        (Get-ErrorRecord { Install-CodexportService -HomePath $follower -WhatIf }).FullyQualifiedErrorId | Should -BeLike 'NotMaster,*'
        (Get-ErrorRecord { Install-CodexportTimer -HomePath $master -WhatIf }).FullyQualifiedErrorId | Should -BeLike 'NotFollower,*'
    }

    It 'name a range that is none' {
        (Get-ErrorRecord { Install-CodexportService -Allow nonsense -HomePath $master -WhatIf }).FullyQualifiedErrorId | Should -BeLike 'SettingsInvalid,*'
    }

    It 'name the command to run by hand where no service manager answers' {
        $plan = Install-CodexportService -HomePath $master -WhatIf -PassThru -WarningAction SilentlyContinue
        if (-not ($plan.Warnings -match 'systemd')) { Set-ItResult -Skipped -Because 'a service manager answers here'; return }
        $before = Get-Snapshot $TestDrive
        $record = Get-ErrorRecord { Install-CodexportService -HomePath $master }
        $record.FullyQualifiedErrorId | Should -BeLike 'ServiceManagerMissing,*'
        $record.CategoryInfo.Category | Should -Be 'ResourceUnavailable'
        $record.ErrorDetails.RecommendedAction | Should -BeLike '*codexport.dll*master serve --home*'
        Get-Snapshot $TestDrive | Should -Be $before
    }
}

Describe 'what is not installed' {
    It 'is said so, with the fields of the program' {
        $service = Get-CodexportService -HomePath $master
        $service.Installed -or $service.Running | Should -BeFalse
        $timer = Get-CodexportTimer -HomePath $follower
        $timer.Installed -or $timer.Waiting | Should -BeFalse
        foreach ($pair in @(
                @{ Result = $service; Arguments = 'master', 'service', 'status', '--home', $master }
                @{ Result = $timer; Arguments = 'follower', 'timer', 'status', '--home', $follower }
                @{ Result = Uninstall-CodexportTimer -HomePath $follower -WhatIf -PassThru -WarningAction SilentlyContinue
                    Arguments = 'follower', 'timer', 'uninstall', '--dry-run', '--home', $follower })) {
            $printed = $pair.Arguments
            $fields = (& $ProgramPath @printed --json | ConvertFrom-Json).PSObject.Properties.Name
            $pair.Result.PSObject.Properties.Name | Sort-Object | Should -Be ($fields | Sort-Object)
        }
    }

    It 'is uninstalled without a change' {
        $result = Uninstall-CodexportService -HomePath $master -PassThru -WarningAction SilentlyContinue
        $result.Changed | Should -BeFalse
    }
}

Describe 'the views' {
    It 'are tables of few columns' {
        $table = Get-CodexportService -HomePath $master | Format-Table | Out-String -Width 200
        $table | Should -Match 'Name\s+Installed\s+Running\s+Enabled\s+Current'
        $table = Get-CodexportTimer -HomePath $follower | Format-Table | Out-String -Width 200
        $table | Should -Match 'Name\s+Installed\s+Waiting\s+Every\s+LastRun'
    }

    It 'list what a plan holds' {
        $list = Install-CodexportTimer -HomePath $follower -WhatIf -PassThru -WarningAction SilentlyContinue | Format-List | Out-String -Width 400
        $list | Should -Match 'Files\s+: .*Write'
        $list | Should -Match 'Commands\s+: '
    }
}
