param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = New-TestHome (Join-Path $TestDrive 'user')
}

Describe 'Get-CodexportHook' {
    It 'says that there is none' {
        $status = Get-CodexportHook -HomePath $user
        $status.Installed | Should -BeFalse
        $status.Working | Should -BeFalse
    }

    It 'shows the hook that is there' {
        Install-CodexportHook -HomePath $user -WarningAction Ignore
        $status = Get-CodexportHook -HomePath $user
        $status.Installed -and $status.First -and $status.Trusted -and $status.Enabled | Should -BeTrue
        $status.File | Should -Be (Join-Path $user '.codex/hooks.json')
        $status.Command | Should -BeLike 'pwsh*Sync-CodexportFollower -Quick*'
    }

    It 'changes nothing' {
        $before = Get-Snapshot $TestDrive
        Get-CodexportHook -HomePath $user | Out-Null
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'says what is wrong' {
        $changed = New-TestHome (Join-Path $TestDrive 'changed')
        Install-CodexportHook -HomePath $changed -WarningAction Ignore
        (Get-Content -Raw $changed/.codex/hooks.json) -replace '"timeout":\s*\d+', '"timeout": 77' | Set-Content $changed/.codex/hooks.json
        $status = Get-CodexportHook -HomePath $changed
        $status.Trusted | Should -BeFalse
        $status.Problems | Should -Not -BeNullOrEmpty
    }

    It 'writes what the program prints' {
        Assert-SameJson (Get-CodexportHook -HomePath $user) (Get-ProgramJson $ProgramPath $user 'hook', 'status')
    }

    It 'has a table and a list' {
        Assert-View (Get-CodexportHook -HomePath $user) 'Codexport.Engine.Results.HookStatusResult'
    }

    It 'names hooks that cannot be read' {
        $broken = New-TestHome (Join-Path $TestDrive 'broken')
        Set-Content $broken/.codex/hooks.json '{"hooks":'
        $record = Get-ErrorOf { Get-CodexportHook -HomePath $broken }
        Assert-Error $record 'Get-CodexportHook' 'JsonInvalid' 'InvalidData' $record.TargetObject
    }
}
