param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $user = New-TestFollower $master (Join-Path $TestDrive 'follower')
    Stop-TestMaster $master.Server
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Get-CodexportTimer' {
    It 'says that there is none, and changes nothing' {
        $before = Get-Snapshot $TestDrive
        (Get-CodexportTimer -HomePath $user).Installed | Should -BeFalse
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'knows no next run where there is none' {
        $result = Get-CodexportTimer -HomePath $user
        $result.PSObject.Properties.Name | Should -Contain 'NextRun'
        $result.NextRun | Should -BeNullOrEmpty
    }

    It 'writes what the program prints' {
        Assert-SameJson (Get-CodexportTimer -HomePath $user) (Get-ProgramJson $ProgramPath $user 'follower', 'timer', 'status')
    }

    It 'has a table and a list' {
        $result = Get-CodexportTimer -HomePath $user
        @(Get-TableColumn $result).Count | Should -BeIn 3, 4, 5
        @(Get-ListLabel $result) | Should -Contain 'NextRun'
        $result.PSObject.TypeNames | Should -Contain 'Codexport.Engine.Results.TimerStatusResult'
    }

    It 'refuses a home that is none' {
        Assert-Error (Get-ErrorOf { Get-CodexportTimer -HomePath Env:/HOME }) 'Get-CodexportTimer' 'InvalidUsage' 'InvalidArgument' 'Env:/HOME'
    }
}
