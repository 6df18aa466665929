param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMasterHome (Join-Path $TestDrive 'master')
    New-Item -ItemType Directory -Force "$master/.codexport/groups/lab" | Out-Null
    Set-Content "$master/.codexport/groups/lab/AGENTS.md" 'of the lab'
    Set-Content -LiteralPath "$master/.codexport/local.toml" "role = 'master'`n[rollout]`nrings = ['canary', 'rest']"
    Update-CodexportBundle -HomePath $master
    $first = (Get-CodexportStatus -HomePath $master).Revision
    Set-Content $master/.codex/AGENTS.md 'of the team'
    Update-CodexportBundle -HomePath $master
    $second = (Get-CodexportBundle -HomePath $master)[0].Revision
}

Describe 'Stop-CodexportRollout' {
    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Stop-CodexportRollout -HomePath $master -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'stops it, in silence, until it is promoted' {
        Stop-CodexportRollout -HomePath $master -WarningAction Ignore | Should -BeNullOrEmpty
        (Get-CodexportRollout -HomePath $master -WarningAction Ignore).Stopped | Should -BeTrue
    }

    It 'writes what the program prints' {
        Assert-SameJson (Stop-CodexportRollout -HomePath $master -PassThru -WarningAction Ignore) (Get-ProgramJson $ProgramPath $master 'master', 'rollout', 'stop')
        (Step-CodexportRollout -HomePath $master -PassThru).Stopped | Should -BeFalse
    }

    It 'has a table and a list' {
        Assert-View (Stop-CodexportRollout -HomePath $master -PassThru) 'Codexport.Engine.Results.RolloutResult'
    }
}
