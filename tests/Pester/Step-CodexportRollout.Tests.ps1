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

Describe 'Step-CodexportRollout' {
    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Step-CodexportRollout -HomePath $master -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'gives the next ring the newest revision, in silence' {
        (Get-CodexportStatus -HomePath $master).Revision | Should -Be $first
        Step-CodexportRollout -HomePath $master | Should -BeNullOrEmpty
        (Get-CodexportStatus -HomePath $master).Revision | Should -Be $second
        (Get-CodexportRollout -HomePath $master).Complete | Should -BeTrue
    }

    It 'writes what the program prints' {
        Assert-SameJson (Step-CodexportRollout -HomePath $master -PassThru) (Get-ProgramJson $ProgramPath $master 'master', 'rollout', 'promote')
    }

    It 'has a table and a list' {
        Assert-View (Step-CodexportRollout -HomePath $master -PassThru) 'Codexport.Engine.Results.RolloutResult'
    }

    It 'needs rings' {
        $plain = New-TestMasterHome (Join-Path $TestDrive 'plain')
        $record = Get-ErrorOf { Step-CodexportRollout -HomePath $plain }
        Assert-Error $record 'Step-CodexportRollout' 'InvalidUsage' 'InvalidArgument' $record.TargetObject
    }
}
