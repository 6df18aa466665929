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

Describe 'Get-CodexportRollout' {
    It 'shows each ring with what it has' {
        $rollout = Get-CodexportRollout -HomePath $master -WarningAction Ignore
        $rollout.Revision | Should -Be $second
        $rollout.Complete | Should -BeFalse
        $rollout.Rings.Name | Should -Be 'canary', 'rest'
        $rollout.Rings.Revision | Should -Be $second, $first
    }

    It 'warns of a ring that nothing can move on from' {
        Get-CodexportRollout -HomePath $master -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null
        $warnings | Should -BeLike "*'canary' has no follower*Set-CodexportFollower*"
    }

    It 'writes what the program prints' {
        Assert-SameJson (Get-CodexportRollout -HomePath $master -WarningAction Ignore) (Get-ProgramJson $ProgramPath $master 'master', 'rollout')
    }

    It 'has a table and a list' {
        $rollout = Get-CodexportRollout -HomePath $master -WarningAction Ignore
        Assert-View $rollout 'Codexport.Engine.Results.RolloutResult'
        Assert-View $rollout.Rings 'Codexport.Engine.Results.RingInfo'
    }
}
